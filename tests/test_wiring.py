"""The wiring picture, its page, the example's pins, and the boot partition's lines say the same."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

from gpiozero.pins.mock import MockFactory

HERE = Path(__file__).parents[1]
SVG = "{http://www.w3.org/2000/svg}"
PARTS = ("green", "amber", "red", "buzzer")


def example() -> dict[str, int]:
    text = (HERE / "config/station.toml").read_text("utf-8")
    return {name: int(pin) for name, pin in re.findall(r"^#?(\w+) = (\d+)$", text, re.M) if name in PARTS}


def test_the_picture_is_what_its_script_draws() -> None:
    drawn = runpy.run_path(str(HERE / "scripts/wiring"))["drawing"]()
    assert (HERE / "docs/wiring.svg").read_text("utf-8") == drawn


def test_the_picture_shows_the_examples_pins_where_a_pi_has_them() -> None:
    picture = ElementTree.parse(HERE / "docs/wiring.svg").getroot()
    header = MockFactory().board_info.headers["J8"]
    for name, bcm in example().items():
        (group,) = [each for each in picture.iter(f"{SVG}g") if each.get("id") == name]
        pin = int(group.get("data-pin", ""))
        assert (group.get("data-bcm"), header.pins[pin].name) == (str(bcm), f"GPIO{bcm}")
        assert f"GPIO{bcm} · pin {pin}" in [each.text for each in group.iter(f"{SVG}text")]


def test_grounds_are_grounds() -> None:
    header = MockFactory().board_info.headers["J8"]
    page = (HERE / "docs/wiring.md").read_text("utf-8")
    (row,) = re.findall(r"^\| ground \| — \| ([^|]*) \|", page, re.M)
    grounds = {number for number, pin in header.pins.items() if pin.name == "GND"}
    assert {int(each) for each in re.findall(r"\d+", row)} == grounds
    named = re.findall(r"地线 · pin (\d+)", (HERE / "docs/wiring.svg").read_text("utf-8"))
    assert len(named) == 2 and {int(each) for each in named} <= grounds


def test_the_page_has_the_pins_of_the_example_and_the_picture() -> None:
    page = (HERE / "docs/wiring.md").read_text("utf-8")
    rows = re.findall(r"^\| (green|amber|red|buzzer)\b[^|]*\| (\d+) \| (\d+) \|", page, re.M)
    assert {name: int(bcm) for name, bcm, _ in rows} == example()
    picture = (HERE / "docs/wiring.svg").read_text("utf-8")
    assert all(f"GPIO{bcm} · pin {pin}" in picture for _, bcm, pin in rows)


def test_the_firmware_sets_the_examples_pins_amber_on_and_all_else_off() -> None:
    lines = (HERE / "firmware/config.txt").read_text("utf-8")
    high = {
        int(pin) for found in re.findall(r"^gpio=([\d,]+)=op,dh$", lines, re.M) for pin in found.split(",")
    }
    low = {
        int(pin) for found in re.findall(r"^gpio=([\d,]+)=op,dl$", lines, re.M) for pin in found.split(",")
    }
    pins = example()
    assert (high, low) == ({pins["amber"]}, {pins["green"], pins["red"], pins["buzzer"]})


def test_no_line_is_longer_than_the_firmware_reads() -> None:
    """98 characters: what is beyond them in a line of config.txt is dropped."""
    assert max(map(len, (HERE / "firmware/config.txt").read_text("utf-8").splitlines())) <= 98
