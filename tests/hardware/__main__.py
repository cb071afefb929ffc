"""Runs the checks that are named, or all; a line for each as it gets done. Exits with 1 if one failed.

A machine that cannot run them skips them by name, says how to get there, and exits with 0.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from tests.hardware.checks import CHECKS
from tests.hardware.image import BuildFailed, Image, image
from tests.hardware.machine import LANES, Failed, prepared
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
    """As they get done, in as many lanes as there may be guests. Without its image no check can run."""
    pool = ThreadPoolExecutor(LANES)
    try:
        with prepared(image()) as made:
            for done in as_completed([pool.submit(_result, made, name, rounds) for name in names]):
                yield done.result()
    except (Missing, Failed) as error:
        for name in names:
            yield Result(name, _verdict(error), Figures(str(error)))
    finally:
        pool.shutdown(cancel_futures=True)


def _result(image: Image, name: str, rounds: int | None) -> Result:
    check, usual = CHECKS[name]
    began = time.monotonic()
    try:
        figures = check(image, usual if rounds is None else rounds)
    except (Missing, Failed) as error:
        return Result(name, _verdict(error), Figures(str(error)), time.monotonic() - began)
    return Result(name, "passed", figures, time.monotonic() - began)


def _verdict(error: Missing | Failed) -> Verdict:
    return "skipped" if isinstance(error, Missing) else "FAILED"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
