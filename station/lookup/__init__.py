"""The titles of books that were taken in, looked up by themselves: never in the desk's thread.

`Seeker` asks the providers, `Lookup` has it work in a thread of its own, `station.store.wanted` is the queue.
"""

from station.lookup.service import Lookup

__all__ = ["Lookup"]
