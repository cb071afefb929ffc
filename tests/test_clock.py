"""The system's clock: two times that belong together, the boot, and whether the wall time can be trusted."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station.drivers.clock import SystemClock


class Kernel:
    """Answers adjtimex as it is told."""

    def __init__(self, state: int) -> None:
        self.state = state

    def adjtimex(self, _buffer: object) -> int:
        return self.state


def test_both_times_are_now() -> None:
    walls, monos = [datetime.now(UTC)], [time.monotonic()]
    now = SystemClock().now()
    walls, monos = [*walls, now.wall, datetime.now(UTC)], [*monos, now.mono, time.monotonic()]
    assert walls == sorted(walls) and monos == sorted(monos)
    assert now.wall.tzinfo is UTC


def test_boot_is_the_kernels(tmp_path: Path) -> None:
    assert SystemClock().now().boot == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    (tmp_path / "boot_id").write_text("0c7a\n")
    assert SystemClock(tmp_path / "boot_id").now().boot == "0c7a"


@pytest.mark.parametrize(
    ("state", "trusted"), [(0, True), (1, True), (2, True), (3, True), (4, True), (5, False)]
)
def test_clock_is_trusted_while_the_kernel_says_that_it_is_synchronised(
    state: int, trusted: bool, tmp_path: Path
) -> None:
    clock = SystemClock(synchronised=tmp_path / "synchronized")
    clock._libc = Kernel(state)  # type: ignore[assignment]
    assert clock.now().trusted is trusted


def test_where_the_kernel_may_not_be_asked_the_mark_of_the_time_service_counts(tmp_path: Path) -> None:
    mark = tmp_path / "synchronized"
    clock = SystemClock(synchronised=mark)
    clock._libc = Kernel(-1)  # type: ignore[assignment]
    assert clock.now().trusted is False
    mark.touch()
    assert clock.now().trusted is True


def test_kernel_of_this_machine_answers() -> None:
    assert SystemClock().now().trusted in (True, False)


def test_station_uses_its_own_time_zone_where_the_library_names_none() -> None:
    assert SystemClock().now().zone is None
