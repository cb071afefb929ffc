from __future__ import annotations

from pathlib import Path

from station.doctor.library import library
from tests.doctor.places import place, said, store_of
from tests.stores import LIBRARY, STATION, stock


def test_station_that_has_its_librarys_secret_is_fine(tmp_path: Path) -> None:
    here = place(tmp_path)
    with store_of(here) as store:
        stock(store)
        with store.transaction():
            store.journal.keep_secret(LIBRARY)
    (finding,) = library(here)
    assert (finding.status, finding.found.startswith(f"{STATION} has the secret of oak")) == ("ok", True)


def test_station_with_documents_alone_is_a_warning_that_says_how_to_join(tmp_path: Path) -> None:
    here = place(tmp_path)
    with store_of(here) as store:
        stock(store)
    (finding,) = library(here)
    assert (finding.status, "station library join CODE" in finding.do) == ("warning", True)
    assert "but not its secret" in finding.found


def test_station_without_a_library_is_passed_over(tmp_path: Path) -> None:
    assert said(library(place(tmp_path))) == [("skipped", "there is no library here yet")]
