"""Runs one check in the guest. The host reads what it prints: `passed:` and figures, `failed:`, or notes."""

from __future__ import annotations

import json
import sys
import traceback
from importlib import import_module

from tests.hardware.guest.tally import MADE


def main(name: str, count: int) -> None:
    try:
        text = import_module(f"tests.hardware.guest.{name}").check(count)
    except Exception as error:
        print(traceback.format_exc(), flush=True)
        print(f"failed: {type(error).__name__}: {error}".splitlines()[0], flush=True)
    else:
        print("passed:", json.dumps({"text": text, "made": MADE}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
