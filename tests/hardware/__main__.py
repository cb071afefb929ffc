"""Runs the checks that are named, or all, and prints one line for each. Exits with 1 if one failed.

A machine that cannot run them skips them by name, says how to get there, and exits with 0.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

from tests.hardware.checks import CHECKS
from tests.hardware.image import BuildFailed, Image, image
from tests.hardware.machine import Failed, prepared
from tests.hardware.needs import Missing
from tests.hardware.report import Figures, Result, Verdict, closing


def main(words: Sequence[str]) -> int:
    wanted = _wanted(words)
    results = []
    try:
        for each in _run(wanted.check or list(CHECKS), wanted.rounds):
            print(each, flush=True)
            results.append(each)
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    print(closing(results))
    return 1 if any(each.verdict == "FAILED" for each in results) else 0


def _wanted(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.hardware", description=__doc__)
    parser.add_argument("check", nargs="*", help=f"one of {', '.join(CHECKS)} (default: all)")
    parser.add_argument("--rounds", type=int, help="how many cuts, unpluggings or scans a check makes")
    wanted = parser.parse_args(words)
    for name in wanted.check:
        if name not in CHECKS:
            parser.error(f"no check is called {name}; there are {', '.join(CHECKS)}")
    return wanted


def _run(names: Sequence[str], rounds: int | None) -> Iterator[Result]:
    """What is missing for one check is missing for all after it, and so is a guest that can't be prepared."""
    done = 0
    try:
        with prepared(image()) as made:
            for name in names:
                yield _result(made, name, rounds)
                done += 1
    except (Missing, Failed) as error:
        for name in names[done:]:
            verdict: Verdict = "skipped" if isinstance(error, Missing) else "FAILED"
            yield Result(name, verdict, Figures(str(error)))


def _result(image: Image, name: str, rounds: int | None) -> Result:
    check, usual = CHECKS[name]
    began = time.monotonic()
    try:
        figures = check(image, usual if rounds is None else rounds)
    except Failed as error:
        return Result(name, "FAILED", Figures(str(error)), time.monotonic() - began)
    return Result(name, "passed", figures, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
