"""`station doctor`: looks at all that a station needs, and says what it found and what to do.

A check is a function that yields findings. It looks, and leaves everything as it was; one that fails doesn't
stop the others.
"""
