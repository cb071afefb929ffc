"""A whole station without its hardware: only scanner and panel are played, all else is the real thing."""
