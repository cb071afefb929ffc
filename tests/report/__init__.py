"""The reports of a library: figures, text and page."""
