"""Lists that the library has in files: titles, copies and readers, read row by row."""
