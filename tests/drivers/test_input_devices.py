from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from station.drivers.input_devices import InputDevices, open_device, typing_devices

Keys = dict[int, list[int]]
KEYBOARD: Keys = {1: [1, 2, 3, 28, 30]}
POWER_KEY: Keys = {1: [116]}


class FakeDevice:
    """An InputDevice as far as the finder looks, on a descriptor that is no input device."""

    def __init__(self, path: Path, name: str, ids: str, keys: Keys, busy: bool) -> None:
        vendor, product = (int(each, 16) for each in ids.split(":"))
        self._file = path.open("rb")
        self.fd = self._file.fileno()
        self.path = str(path)
        self.name = name
        self.info = SimpleNamespace(vendor=vendor, product=product)
        self.keys = keys
        self.grabbed = False
        self.busy = busy

    def capabilities(self) -> Keys:
        return self.keys

    def grab(self) -> None:
        if self.busy:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self.grabbed = True

    def close(self) -> None:
        self._file.close()

    @property
    def is_open(self) -> bool:
        return not self._file.closed


class Usb:
    """A /dev/input with devices plugged in, and those of them that were opened, by number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: dict[str, FakeDevice] = {}
        self.locked: set[str] = set()
        self.failing: dict[str, Exception] = {}
        self._plugged: dict[str, Callable[[], FakeDevice]] = {}

    def plug(
        self, node: str, name: str, ids: str = "1eab:0001", keys: Keys = KEYBOARD, busy: bool = False
    ) -> str:
        path = self.folder / node
        path.touch()
        self._plugged[str(path)] = lambda: FakeDevice(path, name, ids, keys, busy)
        return str(path)

    def open(self, path: str) -> FakeDevice:
        if path in self.locked:
            raise PermissionError(errno.EACCES, "Permission denied")
        if path in self.failing:
            raise self.failing[path]
        if path not in self._plugged:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        device = self._plugged[path]()
        self.opened[Path(path).name] = device
        return device

    def finder(self, match: str, grab: bool = True) -> InputDevices:
        return InputDevices(match, grab, self.folder, self.open)

    def found(self, match: str, taken: tuple[str, ...] = ()) -> list[str]:
        """The nodes that a look brings."""
        return [Path(port.path).name for port in self.finder(match).look(taken).ports]

    def left_open(self) -> list[str]:
        return [node for node, device in self.opened.items() if device.is_open]


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[Usb]:
    usb = Usb(tmp_path)
    yield usb
    for device in usb.opened.values():
        device.close()


def test_device_is_found_by_its_whole_name(usb: Usb) -> None:
    usb.plug("event0", "Scanner Pro")
    usb.plug("event1", "Scanner")
    assert usb.found("Scanner") == ["event1"]


def test_part_of_a_name_counts_where_no_device_has_it_whole(usb: Usb) -> None:
    usb.plug("event0", "ACME Scanner Pro")
    usb.plug("event1", "Keyboard")
    assert usb.found("scanner") == ["event0"]


def test_all_devices_of_a_name_are_found_in_their_order(usb: Usb) -> None:
    usb.plug("event10", "Scanner")
    usb.plug("event9", "Scanner")
    assert usb.found("Scanner") == ["event9", "event10"]


def test_device_is_found_by_vendor_and_product(usb: Usb) -> None:
    usb.plug("event0", "Keyboard", ids="046d:c31c")
    usb.plug("event1", "Scanner", ids="1eab:0a03")
    assert usb.found("1EAB:0a03") == ["event1"]


def test_part_of_a_scanner_that_types_nothing_is_passed_over(usb: Usb) -> None:
    usb.plug("event0", "Scanner", keys=POWER_KEY)
    usb.plug("event1", "Scanner Keyboard", keys={1: [79, 80, 96]})
    assert usb.found("Scanner") == ["event1"]
    assert usb.found("1eab:0001") == ["event1"]


def test_path_names_one_device_whatever_it_is_called(usb: Usb) -> None:
    usb.plug("event0", "Keyboard")
    path = usb.plug("usb-ACME-event-kbd", "Scanner")
    assert usb.found(path) == ["usb-ACME-event-kbd"]


def test_changes_are_awaited_where_the_path_is_too(usb: Usb) -> None:
    by_id = "/dev/input/by-id/usb-ACME-event-kbd"
    assert InputDevices(by_id).folders == (Path("/dev/input"), Path("/dev/input/by-id"))
    assert InputDevices("Scanner").folders == (Path("/dev/input"),)


def test_device_that_is_read_already_is_not_found_again(usb: Usb) -> None:
    taken = usb.plug("event0", "Scanner")
    usb.plug("event1", "Scanner")
    assert usb.found("Scanner", taken=(taken,)) == ["event1"]
    assert usb.finder("Scanner").look((taken, str(usb.folder / "event1"))).trouble == ""


def test_what_is_not_the_scanner_is_closed_again(usb: Usb) -> None:
    taken = usb.plug("event0", "Scanner")
    usb.plug("event1", "Keyboard")
    usb.plug("event2", "Scanner")
    usb.found("Scanner", taken=(taken,))
    assert usb.left_open() == ["event2"]


def test_port_closes_its_device(usb: Usb) -> None:
    usb.plug("event0", "Scanner")
    usb.finder("Scanner").look(()).ports[0].close()
    assert usb.left_open() == []


def test_found_device_is_grabbed_unless_it_shall_not_be(usb: Usb) -> None:
    usb.plug("event0", "Scanner")
    usb.finder("Scanner").look(())
    assert usb.opened["event0"].grabbed
    usb.finder("Scanner", grab=False).look(())
    assert not usb.opened["event0"].grabbed


def test_device_without_a_monotonic_clock_is_known_as_such(usb: Usb) -> None:
    usb.plug("event0", "Scanner")
    assert [port.stamped for port in usb.finder("Scanner").look(()).ports] == [False]


def test_device_that_another_program_holds_is_told_and_closed(usb: Usb) -> None:
    path = usb.plug("event0", "Scanner", busy=True)
    assert usb.finder("Scanner").look(()).trouble == f"{path}: another program has grabbed it"
    assert usb.left_open() == []


def test_no_device_is_told(usb: Usb) -> None:
    usb.plug("event0", "Keyboard")
    found = usb.finder("Scanner").look(())
    assert (list(found.ports), found.trouble) == ([], "no input device matches 'Scanner'")


def test_missing_permission_says_what_to_do(usb: Usb) -> None:
    path = usb.plug("event0", "Scanner")
    usb.locked = {path}
    found = usb.finder("Scanner").look(())
    assert found.trouble == f"no permission to read {path}: add the station's user to the group input"


def test_permission_that_is_missing_elsewhere_is_no_trouble(usb: Usb) -> None:
    usb.locked = {usb.plug("event0", "Keyboard")}
    usb.plug("event1", "Scanner")
    assert usb.finder("Scanner").look(()).trouble == ""


def test_device_that_goes_while_it_is_looked_at_is_not_there(usb: Usb) -> None:
    (usb.folder / "event0").touch()
    assert usb.finder("Scanner").look(()).trouble == "no input device matches 'Scanner'"


def test_device_that_goes_while_it_is_opened_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def goes(path: str) -> None:
        raise SystemError("ioctl_EVIOCGEFFECTS returned NULL without setting an exception")

    (tmp_path / "event0").touch()
    monkeypatch.setattr("evdev.InputDevice", goes)
    found = InputDevices("scanner", folder=tmp_path, opener=open_device).look(set())
    assert (found.ports, found.trouble) == ([], "no input device matches 'scanner'")


def no_text(name: bytes) -> UnicodeDecodeError:
    """As evdev raises it for a device whose name has a trademark sign in Latin-1."""
    return UnicodeDecodeError("utf-8", name, 8, 9, "invalid start byte")


def test_device_whose_name_is_no_text_is_passed_over(usb: Usb) -> None:
    usb.failing = {usb.plug("event0", "Mouse"): no_text(b"Logitech\xae MX")}
    usb.plug("event1", "Scanner")
    found = usb.finder("Scanner").look(())
    assert ([Path(port.path).name for port in found.ports], found.trouble) == (["event1"], "")
    assert typing_devices(usb.folder, usb.open) == [
        f'match = "1eab:0001" (Scanner, {usb.folder / "event1"})',
    ]


def test_device_whose_name_is_no_text_is_told_where_no_other_is_the_scanner(usb: Usb) -> None:
    path = usb.plug("event0", "Scanner")
    usb.failing = {path: no_text(b"Scanner \xae")}
    found = usb.finder("Scanner").look(())
    assert found.trouble == f"no input device matches 'Scanner'; {path} can't be read: its name is not UTF-8"
    assert not found.again, "its name stays as it is"


def test_device_that_is_there_and_does_not_open_is_looked_at_again(usb: Usb) -> None:
    path = usb.plug("event0", "Scanner")
    usb.failing = {path: OSError(errno.EIO, "Input/output error")}
    found = usb.finder("Scanner").look(())
    assert (found.trouble, found.again) == (
        f"no input device matches 'Scanner'; {path}: Input/output error",
        True,
    )


def test_device_that_is_locked_or_gone_is_not_looked_at_without_a_sign(usb: Usb) -> None:
    usb.locked = {usb.plug("event0", "Scanner")}
    (usb.folder / "event1").touch()
    assert not usb.finder("Scanner").look(()).again
