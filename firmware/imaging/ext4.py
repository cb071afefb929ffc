"""A file system for Linux inside the image, by debugfs: no root, no mount, no loop device."""

from __future__ import annotations

import re
import stat
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from imaging.tools import Trouble, run

BANNER = re.compile(r"debugfs \d.*")
FIELDS = re.compile(r"Type: (\w+) +Mode: +(\d+).*?User: +(\d+) +Group: +(\d+)", re.DOTALL)
Stat = tuple[int, int, int]
"""A mode with its type, an owner, a group."""
TYPES = {"regular": stat.S_IFREG, "directory": stat.S_IFDIR, "symlink": stat.S_IFLNK}


@dataclass(frozen=True)
class Entry:
    """A file, a link if it has a target, or else a folder, as the image shall have it; all belong to root."""

    path: PurePosixPath
    mode: int = 0o755
    content: bytes | None = None
    target: str | None = None

    @property
    def stat(self) -> Stat:
        if self.target is not None:
            return stat.S_IFLNK | 0o777, 0, 0
        return self.mode | (stat.S_IFDIR if self.content is None else stat.S_IFREG), 0, 0


class Ext4:
    """An ext4 file system at `offset` bytes of `image`. What is there already is not written again."""

    def __init__(self, image: Path, offset: int) -> None:
        self._device = f"{image}?offset={offset}"

    def read(self, path: str) -> str | None:
        """The text of a file, or None where there is none. It may be reached over one symbolic link."""
        if not self._stats([PurePosixPath(path)])[0]:
            return None
        return self._contents([PurePosixPath(path)])[0].decode(errors="replace")

    def names(self, folder: str) -> list[str]:
        """What lies in a folder; nothing where there is none."""
        if not self._stats([PurePosixPath(folder)])[0]:
            return []
        lines = self._ask(f'ls -p "{folder}"').splitlines()
        names = [line.split("/")[5] for line in lines if line.startswith("/")]
        return [each for each in names if each not in {"", ".", ".."}]

    def free(self) -> int:
        """Bytes that ordinary files may still take: what only root may fill is left to it."""
        told = self._header()
        blocks = int(told["Free blocks"]) - int(told["Reserved block count"])
        return blocks * int(told["Block size"])

    def label(self) -> str:
        return self._header().get("Filesystem volume name", "")

    def _header(self) -> dict[str, str]:
        return dict(re.findall(r"^([\w ]+): +(.*)$", self._ask("stats"), re.MULTILINE))

    def check(self) -> None:
        """Raises Trouble where the file system has a fault."""
        run(["e2fsck", "-fn", self._device])

    def write(self, entries: Sequence[Entry]) -> None:
        """Bring all of them into the image, with the folders that they need. Raises Trouble if that fails."""
        wanted = [*self._folders(entries), *entries]
        with tempfile.TemporaryDirectory() as folder:
            commands = list(self._commands(wanted, Path(folder)))
            if commands:
                self._do(commands)

    def _folders(self, entries: Sequence[Entry]) -> list[Entry]:
        """The folders above the entries that are neither there nor among them, outermost first."""
        named = {each.path for each in entries}
        above = sorted({parent for each in entries for parent in each.path.parents} - named)
        found = self._stats(above)
        return [Entry(path) for path, had in zip(above, found, strict=True) if not had]

    def _commands(self, wanted: Sequence[Entry], folder: Path) -> Iterable[str]:
        there = self._stats([each.path for each in wanted])
        known = [each for each, had in zip(wanted, there, strict=True) if had and each.content is not None]
        contents = dict(zip(known, self._contents([each.path for each in known]), strict=True))
        for number, (entry, had) in enumerate(zip(wanted, there, strict=True)):
            same = had is not None and stat.S_IFMT(had[0]) == stat.S_IFMT(entry.stat[0])
            kept = same and contents.get(entry, entry.content) == entry.content
            if not kept:
                if had:
                    yield f"rm {_quoted(entry.path)}"
                yield _make(entry, folder / str(number))
            if not (kept and had == entry.stat) and entry.target is None:
                for field, value in zip(("mode", "uid", "gid"), entry.stat, strict=True):
                    yield f"sif {_quoted(entry.path)} {field} 0{value:o}"

    def _stats(self, paths: Sequence[PurePosixPath]) -> list[Stat | None]:
        """What each is, or None for what is not there."""
        told = self._many([f"stat {_quoted(each)}" for each in paths])
        return [_stat_of(each) for each in told]

    def _contents(self, paths: Sequence[PurePosixPath]) -> list[bytes]:
        with tempfile.TemporaryDirectory() as folder:
            copies = [Path(folder) / str(number) for number in range(len(paths))]
            self._many([f"dump {_quoted(p)} {c}" for p, c in zip(paths, copies, strict=True)])
            return [each.read_bytes() for each in copies]

    def _many(self, commands: Sequence[str]) -> list[str]:
        """What debugfs says to each of the commands, in one run of it."""
        if not commands:
            return []
        said = run(["debugfs", "-f", "-", self._device], _script(commands)).decode(errors="replace")
        return re.split(r"^debugfs: .*\n", said, flags=re.MULTILINE)[1:]

    def _ask(self, command: str) -> str:
        return self._many([command])[0]

    def _do(self, commands: Sequence[str]) -> None:
        """Run commands that change something. debugfs ends with 0 anyway; it is silent where all is well."""
        said = run(["sh", "-c", 'debugfs -w -f - "$0" 2>&1', self._device], _script(commands)).decode()
        for line in said.splitlines():
            quiet = line.startswith(("debugfs: ", "Allocated inode")) or BANNER.fullmatch(line) or not line
            if not quiet:
                raise Trouble(f"writing into the image: {line}")


def _make(entry: Entry, source: Path) -> str:
    """The command that makes it; a file's content goes by way of `source`."""
    if entry.target is not None:
        return f'symlink {_quoted(entry.path)} "{entry.target}"'
    if entry.content is None:
        return f"mkdir {_quoted(entry.path)}"
    source.write_bytes(entry.content)
    return f"write {source} {_quoted(entry.path)}"


def _stat_of(said: str) -> Stat | None:
    found = FIELDS.search(said)
    if found is None:
        return None
    kind, mode, owner, group = found.groups()
    return TYPES.get(kind, 0) | int(mode, 8), int(owner), int(group)


def _script(commands: Sequence[str]) -> bytes:
    return "".join(f"{each}\n" for each in commands).encode()


def _quoted(path: PurePosixPath) -> str:
    """Raises Trouble for a name that debugfs can't be told."""
    if re.search(r'["\n\\]', str(path)):
        raise Trouble(f"{path}: a name with a quotation mark, a backslash or a line break can't be put in")
    return f'"{path}"'
