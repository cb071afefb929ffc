"""Runs the benchmarks that are named, or all. Exits with 1 if a gate is not met."""

from __future__ import annotations

import sys

from bench import camera, drain, idle, imports, latency, memory, misreads, report, start, syncs

ALL = {
    "latency": latency.run,
    "syncs": syncs.run,
    "start": start.run,
    "memory": memory.run,
    "drain": drain.run,
    "idle": idle.run,
    "imports": imports.run,
    "camera": camera.run,
}
LONG = {"misreads": misreads.run}
"""Only by name."""


def main(names: list[str]) -> int:
    known = ALL | LONG
    unknown = [each for each in names if each not in known]
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or ALL:
        report.heading(name)
        known[name]()
    return report.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
