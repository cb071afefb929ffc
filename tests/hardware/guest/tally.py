"""How much a check has made in this guest: scans that were answered, unplugs, decodes."""

from collections import Counter

MADE: Counter[str] = Counter()
