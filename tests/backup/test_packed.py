"""A backup file that is damaged, locked, newer or another kind of file is never taken for a good one."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from station.backup import BackupError, packed
from station.backup.packed import Head, pack, unpack
from station.backup.restore import restore
from station.backup.seals import passphrase
from station.store.copies import Contents, check, contents
from tests.backup.helpers import NOW, SECRET, back, backed_up, change, flip, later, rows
from tests.stores import STATION


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "PIECE", 8192)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(("secret", "samples"), [(None, 300), (SECRET, 12)], ids=["plain", "encrypted"])
def test_a_byte_that_has_changed_anywhere_is_found_out(
    file: Path, folder: Path, secret: bytes | None, samples: int
) -> None:
    backup = backed_up(file, folder, secret=secret)
    size, target = backup.stat().st_size, folder / "unpacked.db"
    for position in sorted({*range(0, size, max(1, size // samples)), size - 1}):
        flip(backup, position)
        with pytest.raises(BackupError):
            unpack(backup, target, secret)
        target.unlink(missing_ok=True)
        flip(backup, position)
    assert unpack(backup, target, secret).contents == check(target)


@pytest.mark.usefixtures("small_pieces")
def test_a_file_that_was_cut_off_anywhere_is_found_out(file: Path, folder: Path) -> None:
    whole = backed_up(file, folder).read_bytes()
    cut, target = folder / "cut", folder / "unpacked.db"
    for length in [*range(0, len(whole), 37), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            unpack(cut, target, None)
        target.unlink(missing_ok=True)


def pieces(whole: bytes) -> tuple[bytes, list[bytes]]:
    """The head's lines, and each piece with its length."""
    *lines, rest = whole.split(b"\n", 3)
    found = []
    while rest:
        size = 4 + int.from_bytes(rest[:4], "big")
        found.append(rest[:size])
        rest = rest[size:]
    return b"\n".join(lines) + b"\n", found


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("secret", [None, SECRET], ids=["plain", "encrypted"])
def test_pieces_that_were_left_out_added_or_exchanged_are_found_out(
    file: Path, folder: Path, secret: bytes | None
) -> None:
    head, found = pieces(backed_up(file, folder, secret=secret).read_bytes())
    other, _ = pieces(backed_up(file, folder, later(1), secret=secret).read_bytes())
    assert len(found) > 3
    wrong = {
        "the last left out": (head, found[:-1]),
        "the first left out": (head, found[1:]),
        "all left out": (head, []),
        "two exchanged": (head, [found[1], found[0], *found[2:]]),
        "one twice": (head, [found[0], *found]),
        "more at the end": (head, [*found, found[-1]]),
        "an empty one at the end": (head, [*found, bytes(4)]),
        "another backup's head": (other, found),
    }
    taken = []
    for what, (lines, wrong_pieces) in wrong.items():
        path, target = folder / "wrong", folder / "unpacked.db"
        path.write_bytes(lines + b"".join(wrong_pieces))
        try:
            unpack(path, target, secret)
            taken.append(what)
        except BackupError:
            pass
        target.unlink(missing_ok=True)
    assert taken == []


def test_an_encrypted_backup_shows_no_reader(file: Path, folder: Path) -> None:
    change(file, "a-name-that-would-be-seen" * 20)
    assert b"RD-1" not in backed_up(file, folder, secret=SECRET).read_bytes()


def test_the_same_store_is_never_encrypted_the_same_way(file: Path, folder: Path) -> None:
    first, second = (pieces(backed_up(file, folder, secret=SECRET).read_bytes())[1] for _ in range(2))
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("secret", "message"),
    [(b"another passphrase", "with another passphrase"), (None, "--passphrase-file")],
)
def test_without_the_passphrase_nothing_opens(
    file: Path, folder: Path, secret: bytes | None, message: str
) -> None:
    backup, before = backed_up(file, folder, secret=SECRET), rows(file)
    with pytest.raises(BackupError, match=message):
        restore(backup, file, STATION, NOW, secret=secret)
    assert rows(file) == before


def test_a_passphrase_is_read_without_its_line_end_and_never_a_short_one(folder: Path) -> None:
    (folder / "good").write_bytes(SECRET + b"\r\n")
    (folder / "short").write_text("12345678901\n")
    assert passphrase(folder / "good") == SECRET
    for name, message in (("short", "too short"), ("none", "No such file")):
        with pytest.raises(BackupError, match=message):
            passphrase(folder / name)


@pytest.mark.parametrize("kind", [b"", b"\x00" * 5000, b"SQLite format 3\x00", b"shelfpost\n", b"\n\n\n"])
def test_another_kind_of_file_is_no_backup(file: Path, folder: Path, kind: bytes) -> None:
    (folder / "other").write_bytes(kind)
    with pytest.raises(BackupError, match="is not a Shelfpost backup"):
        back(folder / "other", file)
    with pytest.raises(BackupError, match="No such file"):
        back(folder / "none", file)
    with pytest.raises(BackupError, match="Is a directory"):
        back(folder, file)


def rewritten(file: Path, backup: Path, found: Contents) -> Path:
    """A backup whose head says `found`, as its own digest confirms."""
    with backup.open("wb") as out:
        pack(file, out, Head(station=STATION, written="", contents=found), None)
    return backup


def test_a_backup_of_a_newer_program_changes_nothing(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, found = rows(file), contents(file)
    newer_store = rewritten(file, folder / "store", structs.replace(found, version=found.version + 1))
    with monkeypatch.context() as patched:
        patched.setattr(packed, "FORMAT", 2)
        newer_format = backed_up(file, folder)
    for backup in (newer_store, newer_format):
        with pytest.raises(BackupError, match="written by a newer Shelfpost"):
            back(backup, file)
    assert rows(file) == before


def test_a_backup_that_does_not_hold_what_it_says_changes_nothing(file: Path, folder: Path) -> None:
    before, found = rows(file), contents(file)
    wrong = rewritten(file, folder / "wrong", structs.replace(found, counts={**found.counts, "items": 6}))
    with pytest.raises(BackupError, match="does not hold what its head says"):
        back(wrong, file)
    assert rows(file) == before
