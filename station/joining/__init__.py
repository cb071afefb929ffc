"""How a fresh station joins a library: it scans a code, asks the station that made it, and is in service."""


class JoinError(Exception):
    """Joining or inviting can't go on; the message says what is wrong and what to do."""
