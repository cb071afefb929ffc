"""Runs one check in the guest. The host reads what it prints: lines of `passed: …`, `failed: …`, or notes."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module


def main(name: str, count: int) -> None:
    try:
        figures = import_module(f"tests.hardware.guest.{name}").check(count)
    except Exception as error:
        print(traceback.format_exc(), flush=True)
        print(f"failed: {type(error).__name__}: {error}".splitlines()[0], flush=True)
    else:
        print(f"passed: {figures}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
