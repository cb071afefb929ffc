"""Runs the checks that are named, or all, and prints one line for each. Exits with 1 if one failed.

A machine that cannot run them skips them by name, says how to get there, and exits with 0.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from subprocess import SubprocessError

from tests.hardware import needs
from tests.hardware.checks import CHECKS
from tests.hardware.machine import Failed


def main(words: list[str]) -> int:
    wanted = _wanted(words)
    names: list[str] = wanted.check or list(CHECKS)
    try:
        image = needs.image()
    except needs.Missing as error:
        for name in names:
            print(f"skipped  {name}: {error}")
        return _sum(0, 0, len(names))
    except SubprocessError as error:
        print(f"the guest's image can't be built: {error}", file=sys.stderr)
        return 1
    passed = sum(_run(image, name, wanted.rounds) for name in names)
    return _sum(passed, len(names) - passed, 0)


def _wanted(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.hardware", description=__doc__)
    parser.add_argument("check", nargs="*", help=f"one of {', '.join(CHECKS)} (default: all)")
    parser.add_argument("--rounds", type=int, help="how many cuts, unpluggings or scans a check makes")
    wanted = parser.parse_args(words)
    for name in wanted.check:
        if name not in CHECKS:
            parser.error(f"no check is called {name}; there are {', '.join(CHECKS)}")
    return wanted


def _run(image: Path, name: str, rounds: int | None) -> bool:
    check, usual = CHECKS[name]
    began = time.monotonic()
    try:
        verdict, said = "passed ", check(image, usual if rounds is None else rounds)
    except Failed as error:
        verdict, said = "FAILED ", str(error)
    print(f"{verdict}  {name} ({time.monotonic() - began:.0f} s): {said}", flush=True)
    return verdict == "passed "


def _sum(passed: int, failed: int, skipped: int) -> int:
    print(f"hardware: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
