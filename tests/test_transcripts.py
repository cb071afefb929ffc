"""The transcripts: what a station does, in a reader's words, each played as `station replay` plays it."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.cli.replay import line, text_in
from station.replay.play import play
from station.replay.steps import ExpectDocument, ExpectEvent, ExpectNoEvent, Scans, Transcript, Waits
from station.replay.transcript import read

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def transcript(file: Path) -> Transcript:
    return read(file.name, text_in(str(file)))


@each_file
def test_station_does_what_the_transcript_says(file: Path) -> None:
    printed = [str(file)]
    for outcome in play(transcript(file)):
        printed.append(line(outcome))
        if outcome.difference:
            printed.append(f"{file.name}:{outcome.step.line}: {outcome.difference}")
            pytest.fail("\n".join(printed), pytrace=False)


@each_file
def test_transcript_expects_something(file: Path) -> None:
    acts = [each.act for each in transcript(file).steps]
    arrows = [each for each in acts if isinstance(each, Scans | Waits) and each.wanted]
    assert arrows or any(isinstance(each, ExpectEvent | ExpectNoEvent | ExpectDocument) for each in acts)


def test_every_transcript_has_a_title_of_its_own() -> None:
    titles = [transcript(file).title for file in FILES]
    assert "" not in titles
    assert sorted(set(titles)) == sorted(titles)
