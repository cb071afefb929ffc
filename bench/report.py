"""What the benchmarks print: figures with their targets, and whether the gates are met."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

INFINITY = float("inf")
_failed: list[str] = []


def heading(name: str) -> None:
    print(f"\n{name}    (python -m bench {name})", flush=True)


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def target(what: str, value: float, low: float = 0.0, high: float = INFINITY, unit: str = "") -> None:
    """A figure that should lie between `low` and `high`; machines differ, so nothing fails by it."""
    say(f"{what}: {value:.2f}{unit}, target {_verdict(value, low, high, unit)}")


def gate(what: str, value: float, low: float = 0.0, high: float = INFINITY, unit: str = "") -> None:
    """A figure that has to lie between `low` and `high` on every machine."""
    if not low <= value <= high:
        _failed.append(what)
    say(f"{what}: {value:.3g}{unit}, gate {_verdict(value, low, high, unit)}")


def status() -> int:
    """The exit status that the gates so far come to."""
    if _failed:
        print(f"\nnot met: {'; '.join(_failed)}")
    return 1 if _failed else 0


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98]


def spread(values: Sequence[float]) -> str:
    """Seconds, as milliseconds."""
    return f"median {median(values) * 1000:.2f} ms, p99 {p99(values) * 1000:.2f} ms"


def _verdict(value: float, low: float, high: float, unit: str) -> str:
    if low == high:
        limits = f"exactly {low:g}"
    else:
        limits = f"at least {low:g}" if high == INFINITY else f"at most {high:g}"
    return f"{limits}{unit}: {'met' if low <= value <= high else 'NOT MET'}"
