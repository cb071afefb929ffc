"""What the print commands share: their options, the fonts, and the file that comes of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from station.backup.files import whole
from station.drivers.clock import SystemClock
from station.printing import PrintError
from station.printing.fonts import font_file, installed
from station.printing.layout import Offset, check, filled
from station.printing.page import Box, Page
from station.printing.sheets import PAPERS, Sheet, sheet
from station.printing.sketch import Measure, Sketch
from station.printing.words import Language

if TYPE_CHECKING:
    from station.printing.pdf import Pdf

Command = Callable[..., Any]
T = TypeVar("T")

PACKAGES = ("fpdf", "barcode", "segno")


class Output(Struct, frozen=True):
    """Where a PDF goes, in which language and fonts."""

    out: str
    force: bool
    language: Language
    font: str | None

    def make(self, title: str, lay_out: Callable[[Pdf], Iterable[Page]], *, secret: bool = False) -> int:
        """Lay out pages with the fonts that there are, and write them. Returns how many they are.

        A `secret` file can be read by its owner only. Raises PrintError; then nothing was written.
        """
        from station.printing.pdf import Pdf

        pdf = Pdf(font_file(self.font) if self.font else None, installed())
        pages = list(lay_out(pdf))
        data = pdf.write(pages, title, SystemClock().now().wall)
        if self.out == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            _write(Path(self.out), data, 0o600 if secret else 0o644)
        return len(pages)

    def say(self, text: str) -> None:
        """Tell the person what was made; a PDF on standard output is left alone."""
        click.echo(text if self.out == "-" else f"{self.out}: {text}", err=self.out == "-")

    def check(self) -> None:
        """Before any work: the packages are there, the file isn't, and there is a place for it."""
        if not all(find_spec(each) for each in PACKAGES):
            raise PrintError("printing needs packages that are not installed: pip install 'shelfpost[print]'")
        if self.out != "-":
            _check(Path(self.out), self.force)
        elif sys.stdout.isatty():
            raise PrintError("a PDF is nothing for a terminal: name a file with --out, or send it on to lp.")


class Place(Struct, frozen=True):
    """Which cells of which sheet are printed on."""

    sheet: Sheet
    start: int
    offset: Offset

    def filled(
        self, contents: Sequence[T], draw: Callable[[Sketch, Box, T], None], measure: Measure
    ) -> list[Page]:
        return filled(self.sheet, contents, draw, measure, start=self.start, offset=self.offset)


def output(command: Command) -> Command:
    """The options of every print command, which it gets as `made: Output`."""

    @click.option(
        "--out",
        type=click.Path(readable=False, allow_dash=True),
        required=True,
        metavar="FILE.pdf",
        help="The file to write; - for standard output.",
    )
    @click.option("--force", is_flag=True, help="Write over a file that is there already.")
    @click.option(
        "--lang",
        "language",
        type=click.Choice(["both", "en", "zh"]),
        default="both",
        show_default=True,
        help="The language of the fixed texts.",
    )
    @click.option(
        "--font",
        type=click.Path(readable=False),
        help="A font for what Helvetica lacks; FILE:N is number N, from 0, of a collection.",
    )
    @wraps(command)
    def with_output(
        *args: Any, out: str, force: bool, language: Language, font: str | None, **others: Any
    ) -> None:
        made = Output(out, force, language, font)
        made.check()
        command(*args, made=made, **others)

    return with_output


def whole_page(command: Command) -> Command:
    """The option of what fills a page, which it gets as `size`."""
    return click.option(
        "--sheet", "size", default="a4", show_default=True, help=f"The paper: {' or '.join(PAPERS)}."
    )(command)


def cells(usual: str) -> Callable[[Command], Command]:
    """The options of what is printed in cells, which it gets as `place: Place`; `usual` is a sheet's name."""

    def with_cells(command: Command) -> Command:
        @click.option(
            "--sheet", "name", default=usual, show_default=True, help="`station print sheets` lists them."
        )
        @click.option(
            "--start", type=int, default=1, help="The first cell to use, on a sheet that was begun."
        )
        @click.option(
            "--offset", default="0,0", metavar="X,Y", help="Move all by so many millimetres, right and down."
        )
        @wraps(command)
        def with_place(*args: Any, name: str, start: int, offset: str, **others: Any) -> None:
            place = Place(sheet(name), start, _millimetres(offset))
            check(place.sheet, place.start, place.offset)
            command(*args, place=place, **others)

        return with_place

    return with_cells


def _millimetres(offset: str) -> Offset:
    """`1.5,-2` as right and down. Raises PrintError."""
    try:
        across, down = (float(each) for each in offset.split(","))
    except ValueError:
        raise PrintError(
            f"--offset {offset!r}: write millimetres to the right and down, as in 1.5,-2"
        ) from None
    if not (abs(across) <= 20 and abs(down) <= 20):
        raise PrintError(f"--offset {offset}: no printer shifts its paper by more than 20 mm.")
    return across, down


def _check(path: Path, force: bool) -> None:
    """Raises PrintError where a PDF can't be written to `path`, as far as can be seen before."""
    try:
        if path.is_dir():
            raise PrintError(f"{path} is a folder: name the file in it, as in {path / 'print.pdf'}.")
        if path.exists() and not force:
            raise PrintError(
                f"there is a file {path} already: name another one, or write over it with --force."
            )
        if not path.parent.is_dir():
            raise PrintError(f"there is no folder {path.parent} to write {path.name} into.")
    except OSError as error:
        raise PrintError(f"cannot write {path}: {error.strerror}.") from None


def _write(path: Path, data: bytes, mode: int) -> None:
    """Whole, or not at all."""
    try:
        whole(path, data, mode)
    except OSError as error:
        raise PrintError(f"cannot write {path}: {error.strerror}.") from error
