"""firmware/build-image on an image with the two partitions of Raspberry Pi OS, read back from outside."""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from pathlib import Path

import pytest

from station.config import GpioPanelConfig, load
from tests.firmware.card import Card, build, built
from tests.firmware.stock import BOOT, MIB, ROOT_SIZE

FILE, PROGRAM, FOLDER = ("100644", "0", "0"), ("100755", "0", "0"), ("040755", "0", "0")
CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def card(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Card:
    return built(Path(shutil.copy(pristine, tmp_path_factory.mktemp("plain") / "stock.img")))


def test_the_image_has_the_station_its_first_boot_and_sound_file_systems(card: Card) -> None:
    source = "/opt/shelfpost/source"
    assert card.listed("/opt/shelfpost") == {"source": FOLDER}
    assert card.listed(source)["pyproject.toml"] == FILE
    assert card.listed(f"{source}/firmware")["first-boot"] == PROGRAM
    assert card.text(f"{source}/station/__main__.py") == (CHECKOUT / "station/__main__.py").read_text()
    assert not {"tests", "bench", ".venv", ".git"} & set(card.listed(source))
    assert card.is_sound()


def test_all_of_the_package_is_there_and_nothing_that_python_left_beside_it(card: Card) -> None:
    here = CHECKOUT / "station" / "flows"
    names = {each.name for each in here.iterdir()} - {"__pycache__"}
    assert set(card.listed("/opt/shelfpost/source/station/flows")) == names


def test_the_first_boot_starts_by_itself_and_the_watchdog_is_fed(card: Card) -> None:
    units = "/etc/systemd/system"
    assert card.listed(units)["shelfpost-first-boot.service"] == FILE
    wanted = card.ask(f"stat {units}/multi-user.target.wants/shelfpost-first-boot.service")
    assert 'Fast link dest: "../shelfpost-first-boot.service"' in wanted
    assert "RuntimeWatchdogSec=15" in card.text("/etc/systemd/system.conf.d/90-shelfpost.conf")


def test_the_stations_settings_are_there_and_load(image: Path, tmp_path: Path) -> None:
    card = built(image, "--id", "desk_2", "--scanner", "05e0:1200")
    assert card.listed("/etc/shelfpost") == {"station.toml": FILE}
    file = tmp_path / "read_back.toml"
    file.write_text(card.text("/etc/shelfpost/station.toml"))
    config = load(file)
    assert config.station.id == "desk_2"
    assert [each.match for each in config.scanner if each.driver == "evdev"] == ["05e0:1200"]
    assert isinstance(config.panel, GpioPanelConfig) and config.panel.amber == 27


def test_one_image_is_for_many_stations_where_no_id_is_given(card: Card, tmp_path: Path) -> None:
    told = tomllib.loads(card.text("/etc/shelfpost/station.toml"))
    assert "id" not in told["station"]
    assert [each["match"] for each in told["scanner"]] == ["/dev/input/shelfpost-scanner"]
    assert 'hostname: "shelfpost"\n' in card.boot("user-data")


def test_a_folder_of_settings_comes_whole_and_its_other_files_are_nobody_elses(
    image: Path, tmp_path: Path
) -> None:
    folder = settings_folder(tmp_path)
    (folder / "字").mkdir()
    (folder / "字" / "红楼梦.txt").write_text("曹雪芹")
    card = built(image, "--config", folder)
    secret = ("100600", "0", "0")
    assert card.listed("/etc/shelfpost") == {"station.toml": FILE, "password": secret, "字": FOLDER}
    assert card.listed("/etc/shelfpost/字") == {"红楼梦.txt": secret}
    assert card.text("/etc/shelfpost/字/红楼梦.txt") == "曹雪芹"


def test_cmdline_stays_one_line_and_keeps_what_it_had(card: Card) -> None:
    line = card.boot("cmdline.txt")
    assert line == BOOT["cmdline.txt"].rstrip() + " panic=10\n"


def test_config_txt_takes_in_the_stations_lines_for_every_model(card: Card) -> None:
    config = card.boot("config.txt")
    assert config.startswith(BOOT["config.txt"].rstrip())
    last = [line for line in config.splitlines() if line and not line.startswith("#")][-2:]
    assert last == ["[all]", "include shelfpost.txt"]
    lines = card.boot("shelfpost.txt").splitlines()
    assert {"gpio=27=op,dh", "gpio=17,22=op,dl", "gpio=18=op,dl", "dtparam=watchdog=on"} <= set(lines)


def test_amber_burns_on_the_pin_that_the_settings_say(image: Path, tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, green=5, amber=6, red=13, buzzer=19, active_low="true")
    lines = set(built(image, "--config", folder).boot("shelfpost.txt").splitlines())
    assert {"gpio=6=op,dl", "gpio=5,13=op,dh", "gpio=19=op,dh"} <= lines


def test_a_buzzer_that_plays_notes_is_low_whatever_lights_a_lamp(image: Path, tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, active_low="true", buzzer_kind='"tonal"')
    assert "gpio=18=op,dl" in built(image, "--config", folder).boot("shelfpost.txt").splitlines()


def test_an_image_that_was_built_is_built_again_to_the_same_bytes(image: Path) -> None:
    once = built(image, "--hostname", "shelf")
    again = built(once.image.rename(image.with_name("once.img")), "--hostname", "shelf")
    assert digest(again.image) == digest(image.with_name("once.img"))


def test_another_wish_changes_what_was_built_and_nothing_else(image: Path) -> None:
    once = built(image, "--hostname", "one").image.rename(image.with_name("once.img"))
    card = built(once, "--hostname", "two")
    assert 'hostname: "two"\n' in card.boot("user-data")
    assert card.boot("meta-data") != Card(once).boot("meta-data")
    assert card.boot("config.txt") == Card(once).boot("config.txt")
    assert card.is_sound()


def test_the_stock_image_is_left_as_it_is(image: Path) -> None:
    before = digest(image), image.stat().st_mtime_ns
    built(image, "--read-only-root", "--data-size", "64M")
    assert (digest(image), image.stat().st_mtime_ns) == before


def test_an_xz_archive_is_unpacked(packed: Path, pristine: Path) -> None:
    assert built(packed).partitions() == Card(pristine).partitions()


def test_without_a_name_the_image_lies_beside_the_stock_and_is_its_makers_alone(packed: Path) -> None:
    done = build(packed)
    out = packed.with_name("stock-shelfpost.img")
    assert (done.returncode, done.stdout.split(":")[0]) == (0, str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in packed.parent.iterdir()) == ["stock-shelfpost.img", "stock.img.xz"]


def test_a_root_without_room_grows_and_the_boot_partition_stays(image: Path, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    wheel = packages / "big-1-py3-none-any.whl"
    wheel.write_bytes(os.urandom(30 * MIB))
    card = built(image, "--packages", packages)
    (_, boot), (_, root) = card.partitions()
    assert boot == Card(image).partitions()[0][1]
    assert root > ROOT_SIZE + 10 * MIB
    assert card.listed("/opt/shelfpost/source/packages") == {wheel.name: FILE}
    assert card.image.stat().st_size == sum(card.partitions()[1])
    assert card.is_sound()


def settings_folder(tmp_path: Path, **panel: int | str) -> Path:
    """A folder with a station.toml that names a password file, and that file."""
    folder = tmp_path / "settings"
    folder.mkdir()
    pins: dict[str, int | str] = {"green": 17, "amber": 27, "red": 22, "buzzer": 18, **panel}
    text = """
        [station]
        id = "desk_3"
        [broker]
        host = "broker.local"
        username = "desk_3"
        password_file = "password"
        [[scanner]]
        driver = "evdev"
        match = "Scanner"
        [panel]
        driver = "gpio"
    """ + "\n".join(f"{name} = {value}" for name, value in pins.items())
    tomllib.loads(text)
    (folder / "station.toml").write_text(text)
    (folder / "password").write_text("secret")
    return folder


def digest(image: Path) -> str:
    return hashlib.sha256(image.read_bytes()).hexdigest()
