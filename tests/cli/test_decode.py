"""`station decode`: picture files of all sorts."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from station.cli import station
from tests.camera.pictures import Label, Place, picture

ISBN, COPY = Label("9787020002207", "ean13"), Label("BK-1001", "code128")
SIZE = (1280, 720)


def decoded(*words: object) -> Result:
    return CliRunner().invoke(station, ["decode", *map(str, words)], catch_exceptions=False)


def saved(path: Path, *labels: tuple[Label, Place], mode: str = "L") -> Path:
    Image.fromarray(picture(labels, size=SIZE)).convert(mode).save(path)
    return path


def test_each_picture_is_a_line_with_what_the_station_would_take(tmp_path: Path) -> None:
    book = saved(tmp_path / "book.png", (ISBN, Place()))
    both = saved(tmp_path / "both.jpg", (ISBN, Place(x=0.3)), (COPY, Place(x=0.7)))
    desk = saved(tmp_path / "desk.png")
    result = decoded(book, both, desk)
    assert (
        result.stdout
        == f"{book}: {ISBN.text}  (ean13)\n{both}: {COPY.text}  (code128)\n{desk}: nothing read\n"
    )
    assert result.exit_code == 0


def test_book_is_read_beside_a_code_that_the_decoders_spell_differently(tmp_path: Path) -> None:
    """An é is a function character and an i in Code 128; zbar reads the i alone."""
    accents = Label("BK-é1", "code128")
    alone = saved(tmp_path / "alone.png", (accents, Place()))
    both = saved(tmp_path / "both.png", (ISBN, Place(x=0.3)), (accents, Place(x=0.7)))
    assert decoded(alone, both).stdout == f"{alone}: nothing read\n{both}: {ISBN.text}  (ean13)\n"


def test_line_ends_of_a_contact_stay_on_the_line(tmp_path: Path) -> None:
    card = saved(tmp_path / "card.png", (Label("BEGIN:VCARD\nFN:红楼梦", "qr"), Place(4.0)))
    assert decoded(card).stdout == f"{card}: BEGIN:VCARD\\nFN:红楼梦  (qr)\n"


def test_json_has_the_text_as_it_is(tmp_path: Path) -> None:
    card = saved(tmp_path / "card.png", (Label("BEGIN:VCARD\nFN:红楼梦", "qr"), Place(4.0)))
    desk, absent = saved(tmp_path / "desk.png"), tmp_path / "absent.png"
    result = decoded("--json", card, desk, absent)
    assert json.loads(result.stdout) == [
        {"picture": str(card), "text": "BEGIN:VCARD\nFN:红楼梦", "symbology": "qr"},
        {"picture": str(desk), "text": None, "symbology": None},
        {"picture": str(absent), "error": "there is no such file"},
    ]
    assert result.exit_code == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I"])
def test_picture_of_any_kind_is_read(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("code.tiff" if mode in ("CMYK", "I", "I;16") else "code.png")
    luma = picture([(COPY, Place())], size=SIZE)
    if mode.startswith("I"):
        wide = luma.astype(np.uint16) << 8
        Image.fromarray(wide if mode == "I;16" else wide.astype(np.int32)).save(path)
    else:
        Image.fromarray(luma).convert(mode, dither=Image.Dither.NONE).save(path)
    assert COPY.text in decoded(path).stdout


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    ink = Image.fromarray(255 - picture([(COPY, Place())], size=SIZE))
    black = Image.new("RGB", SIZE)
    black.putalpha(ink)
    black.save(tmp_path / "label.png")
    assert COPY.text in decoded(tmp_path / "label.png").stdout


def wrong(tmp_path: Path) -> dict[Path, str]:
    """Files that are no pictures, each with what is said of it."""
    good = saved(tmp_path / "good.png", (ISBN, Place())).read_bytes()
    written = {"text.png": b"hello", "empty.png": b"", "cut.png": good[: len(good) // 2]}
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
    for name, size in {"large.png": (10_000, 5_001), "huge.png": (20_000, 20_000)}.items():
        Image.new("1", size).save(tmp_path / name)
    said = {
        "text.png": "is no picture",
        "empty.png": "is no picture",
        "cut.png": "is damaged",
        "large.png": "more than 50 million pixels",
        "huge.png": "more than 50 million pixels",
        "absent.png": "no such file",
        ".": "is no file",
        "x" * 300: "can't be read: File name too long",
    }
    return {tmp_path / name: text for name, text in said.items()}


def test_file_that_is_no_picture_is_said_in_a_sentence_and_the_others_are_read(tmp_path: Path) -> None:
    files = wrong(tmp_path)
    result = decoded(*files, tmp_path / "good.png")
    assert result.exit_code == 1
    assert result.stdout == f"{tmp_path / 'good.png'}: {ISBN.text}  (ean13)\n"
    said = result.stderr.splitlines()
    assert [
        (path, text) for (path, text), line in zip(files.items(), said, strict=True) if text not in line
    ] == []


def test_picture_that_may_not_be_looked_at_is_a_sentence_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may look at everything, and is refused here as others are."""
    locked, good = tmp_path / "locked" / "book.png", saved(tmp_path / "good.png", (ISBN, Place()))
    stat = Path.stat

    def refusing(path: Path, **how: bool) -> os.stat_result:
        if path == locked:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", refusing)
    result = decoded(locked, good)
    assert result.stderr == f"station: {locked}: can't be read: Permission denied\n"
    assert result.stdout == f"{good}: {ISBN.text}  (ean13)\n"
    assert result.exit_code == 1


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_name_that_is_not_utf_8_is_written_with_escapes(tmp_path: Path, options: list[str]) -> None:
    path = saved(tmp_path / os.fsdecode("照.png".encode("gbk")), (ISBN, Place()))
    command = [sys.executable, "-m", "station", "decode", *options, str(path)]
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    ended = subprocess.run(command, env=strict, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    if options:
        assert json.loads(ended.stdout)[0]["picture"] == str(path)
    else:
        assert ended.stdout.decode() == f"{tmp_path}/\\udcd5\\udcd5.png: {ISBN.text}  (ean13)\n"


def test_missing_libzbar_is_said_with_the_command_that_brings_it(tmp_path: Path) -> None:
    without = "import ctypes.util; ctypes.util.find_library = lambda name: None;"
    program = f"{without} from station.__main__ import main; main()"
    command = [sys.executable, "-c", program, "decode", str(saved(tmp_path / "book.png"))]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "sudo apt-get install libzbar0" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("module", ["numpy", "PIL", "pyzbar", "zxingcpp"])
def test_missing_extra_is_said(tmp_path: Path, module: str) -> None:
    program = f"import sys; sys.modules[{module!r}] = None; from station.__main__ import main; main()"
    command = [sys.executable, "-c", program, "decode", str(tmp_path / "book.png")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "pip install 'shelfpost[camera]'" in ended.stderr
    assert ended.stderr.count("\n") == 1


BROKEN = "libopenblas.so.0: cannot open shared object file"


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, str]:
    """The environment of a program whose numpy is there and does not load."""
    (tmp_path / "numpy.py").write_text(f"raise ImportError({BROKEN!r})")
    return {**os.environ, "PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"}


def test_extra_that_does_not_load_is_said(tmp_path: Path, broken: dict[str, str]) -> None:
    command = [sys.executable, "-m", "station", "decode", str(tmp_path / "book.png")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=broken)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert f"does not load ({BROKEN})" in ended.stderr and "python3-numpy" in ended.stderr


def test_station_with_a_camera_and_an_extra_that_does_not_load_says_so(
    tmp_path: Path, broken: dict[str, str]
) -> None:
    config = tmp_path / "station.toml"
    config.write_text(
        f'[station]\nid = "door"\ndata_dir = "{tmp_path}/data"\n[[scanner]]\ndriver = "camera"\n'
    )
    command = [sys.executable, "-m", "station", "--config", str(config), "run"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=broken)
    assert ended.returncode == 78
    assert ended.stderr.startswith('station: [[scanner]] driver = "camera": ')
    assert f"does not load ({BROKEN})" in ended.stderr and "report" not in ended.stderr
