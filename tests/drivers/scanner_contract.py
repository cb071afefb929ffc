"""What every scanner does, whatever it reads: a driver's tests derive from ScannerContract, with a source."""

from __future__ import annotations

from typing import Protocol

from station.drivers import Reading, Scanner, ScannerFound
from tests.drivers.typing_rig import Running

NAME = "desk"
AT = 12.5


class Source(Protocol):
    """A scanner called NAME, and what it reads. All that is fed happens at AT, on the scanner's clock."""

    @property
    def scanner(self) -> Scanner: ...

    def feed(self, *codes: str) -> None:
        """Whole codes, to be read in one go."""


class ScannerContract:
    def test_scanner_that_is_there_is_found_first(self, source: Source) -> None:
        source.feed("RD-1001")
        with Running(source.scanner) as running:
            assert running.reports(1) == [ScannerFound(NAME)]

    def test_code_is_read_whole(self, source: Source) -> None:
        source.feed("9787020002207")
        with Running(source.scanner) as running:
            assert running.reports(2)[1:] == [Reading(NAME, "9787020002207", AT)]

    def test_two_codes_in_one_batch_are_two_readings(self, source: Source) -> None:
        source.feed("RD-1001", "BK-1")
        with Running(source.scanner) as running:
            assert running.reports(3)[1:] == [Reading(NAME, "RD-1001", AT), Reading(NAME, "BK-1", AT)]

    def test_every_printable_character_comes_through(self, source: Source) -> None:
        text = "".join(map(chr, range(0x21, 0x7F)))
        source.feed(text)
        with Running(source.scanner) as running:
            assert running.reports(2)[1:] == [Reading(NAME, text, AT)]

    def test_close_ends_run_after_a_scan(self, source: Source) -> None:
        source.feed("RD-1001")
        with Running(source.scanner) as running:
            running.reports(2)
            source.scanner.close()
            running.wait()

    def test_close_ends_run_that_waits(self, source: Source) -> None:
        source.feed()
        with Running(source.scanner) as running:
            running.reports(1)
            source.scanner.close()
            running.wait()

    def test_closing_twice_is_closing_once(self, source: Source) -> None:
        source.scanner.close()
        source.scanner.close()

    def test_scanner_closed_before_its_run_reads_nothing(self, source: Source) -> None:
        source.feed("RD-1001")
        source.scanner.close()
        with Running(source.scanner) as running:
            assert running.rest() == []
