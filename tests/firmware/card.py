"""Runs build-image, and reads what it made."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.firmware.stock import ENVIRONMENT, run

SCRIPT = Path(__file__).parents[2] / "firmware" / "build-image"
MIB = 1024 * 1024


def build(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, *words],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
    )


def built(image: Path, *words: str | Path) -> Card:
    """build-image of `image`, into out.img beside it. Its own words are the failure if it fails."""
    out = image.with_name("out.img")
    done = build(image, out, *words)
    assert done.returncode == 0, done.stderr
    return Card(out)


def refused(*words: str | Path) -> str:
    """What build-image says when it does not make an image: one or more sentences, no traceback."""
    done = build(*words)
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


@dataclass(frozen=True)
class Card:
    image: Path

    def partitions(self) -> list[tuple[int, int]]:
        """(start, size) in bytes."""
        table = json.loads(run("sfdisk", "--json", self.image))["partitiontable"]
        return [(each["start"] * 512, each["size"] * 512) for each in table["partitions"]]

    def boot(self, name: str) -> str:
        return run("mcopy", "-i", f"{self.image}@@{self.partitions()[0][0]}", f"::{name}", "-")

    def device(self, number: int) -> str:
        return f"{self.image}?offset={self.partitions()[number - 1][0]}"

    def ask(self, command: str, number: int = 2) -> str:
        return run("debugfs", "-R", command, self.device(number))

    def text(self, path: str, number: int = 2) -> str:
        return self.ask(f'cat "{path}"', number)

    def listed(self, folder: str, number: int = 2) -> dict[str, tuple[str, str, str]]:
        """Name → (mode with type, owner, group), for all in a folder."""
        rows = [line.split("/") for line in self.ask(f'ls -p "{folder}"', number).splitlines() if line]
        return {row[5]: (row[2], row[3], row[4]) for row in rows if row[5] not in {".", ".."}}

    def is_sound(self) -> bool:
        """What fsck says of every partition; it has to find nothing at all."""
        for number in range(2, len(self.partitions()) + 1):
            run("e2fsck", "-fn", self.device(number))
        start, size = self.partitions()[0]
        alone = self.image.with_suffix(".fat")
        with self.image.open("rb") as file:
            file.seek(start)
            alone.write_bytes(file.read(size))
        run("fsck.vfat", "-n", alone)
        return True
