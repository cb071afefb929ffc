"""Shelfpost: a self-service lending station for a library shelf."""

__version__ = "0.1.0"
