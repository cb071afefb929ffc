"""Failures as a person reads them: one sentence on stderr and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper

from station.config import EX_CONFIG, ConfigError
from station.drivers.player import PanelError
from station.joining import JoinError
from station.patterns import PatternError
from station.printing import PrintError
from station.store import StoreError

EX_SOFTWARE = 70
"""As in sysexits.h: the program itself is wrong."""


@contextmanager
def told() -> Iterator[None]:
    """Exit with 78 for a wrong configuration, 1 for what else the user can mend, 70 for a fault of ours."""
    try:
        yield
    except (ConfigError, PatternError) as error:
        _end("\n".join(error.problems), EX_CONFIG)
    except (StoreError, PanelError, JoinError, PrintError) as error:
        _end(str(error), 1)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        _end(
            f"an unexpected fault: {type(error).__name__}: {error} ({where.filename}:{where.lineno})."
            " Nothing that was shown is lost. Please report this line.",
            EX_SOFTWARE,
        )
    finally:
        _let_go_of_a_closed_pipe()


def escape_what_no_output_holds() -> None:
    """Write `\\udcd5` for a byte of a file's name that is no UTF-8, as JSON does, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def take_what_is_typed() -> None:
    """As the command line is taken: whoever asks can then say of an answer that it is no UTF-8."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")


def _let_go_of_a_closed_pipe() -> None:
    """Whoever read our output has gone: what is left of it is dropped, without a word at the very end."""
    try:
        if sys.__stdout__:
            sys.__stdout__.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _end(text: str, code: int) -> None:
    print(f"station: {text}", file=sys.stderr)
    sys.exit(code)
