from __future__ import annotations

from pathlib import Path
from typing import Any

from station.doctor.configuration import configuration
from station.doctor.place import Place
from tests.doctor.places import HEAD, NOBODY, judged, place, said, store_of
from tests.stores import stock

SCANNER = '[[scanner]]\ndriver = "lines"\npath = "-"\n'
BROKER = '[broker]\nhost = "broker.local"\nusername = "desk_1"\npassword_file = "secret"\n'


def with_password(folder: Path, mode: int = 0o600, **other: Any) -> Place:
    here = place(folder, SCANNER + BROKER, **other)
    (folder / "secret").write_text("hush\n")
    (folder / "secret").chmod(mode)
    return here


def test_configuration_without_mistakes(tmp_path: Path) -> None:
    here = with_password(tmp_path)
    assert said(configuration(here)) == [("ok", f"{here.config_path}: no mistakes; station desk_1")]


def test_station_without_a_scanner_is_wrong(tmp_path: Path) -> None:
    assert said(configuration(place(tmp_path))) == [
        ("wrong", "there is no [[scanner]]: a station needs one to read cards and books")
    ]


def test_store_of_another_library_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path, SCANNER, head=HEAD + 'library = "elm"\n')
    with store_of(here) as store:
        stock(store)
    assert said(configuration(here)) == [
        ("wrong", f"station.library is elm, but the store in {here.data_dir} belongs to oak")
    ]


def test_password_that_is_missing_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path, SCANNER + BROKER)
    (finding,) = configuration(here)
    assert finding.status == "wrong" and "there is no such file" in finding.found


def test_password_that_the_station_may_not_read_is_wrong(tmp_path: Path) -> None:
    here = with_password(tmp_path, user=NOBODY)
    (finding,) = configuration(here)
    assert finding.found == f"{tmp_path}/secret: the station's user nobody may not read it"
    assert finding.do.startswith("sudo chown root:nobody ")


def test_password_that_everybody_may_read_is_a_warning(tmp_path: Path) -> None:
    here = with_password(tmp_path, 0o644)
    assert judged(configuration(here)) == ["ok", "warning"]


def test_certificate_that_is_missing_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path, SCANNER + '[broker]\nhost = "broker.local"\nca_file = "ca.crt"\n')
    assert said(configuration(here)) == [("wrong", f"broker.ca_file: there is no file {tmp_path}/ca.crt")]


def test_what_the_doctor_says_never_holds_the_password(tmp_path: Path) -> None:
    for mode in (0o600, 0o644):
        found = str(list(configuration(with_password(tmp_path, mode, user=NOBODY))))
        assert "hush" not in found
