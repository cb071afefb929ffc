"""What station.toml may hold: a frozen struct a section, a field a key, with its meaning and its default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from station.config.check import Section
from station.config.values import Stream

Id = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,64}\Z")]
StationId = Annotated[str, Meta(pattern=r"^(?!central(_|\Z))[a-z0-9_]{1,64}\Z")]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Host = Annotated[str, Meta(pattern=r"^([^\s/:]+|[^\s/:]*:[^\s/:]*:[^\s/]*)\Z", max_length=255)]
Device = Annotated[str, Meta(pattern=r"^(?!/dev/input/event).", max_length=200)]
SerialPort = Annotated[
    str, Meta(pattern=r"^(/(?!dev/tty(ACM|USB)[0-9]).+|[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4})\Z", max_length=200)
]
Baud = Annotated[int, Meta(ge=300, le=4_000_000)]
Topic = Annotated[str, Meta(pattern=r"^[^\s+#/$]+(/[^\s+#/$]+)*\Z", max_length=200)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Pin = Annotated[int, Meta(ge=0, le=27)]
CameraNumber = Annotated[int, Meta(ge=0, le=9)]
Focus = Annotated[float, Meta(ge=5, le=200)]
Milliseconds = Annotated[int, Meta(ge=10, le=5_000)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Pattern = re.Pattern[str]


DATA_DIR = Path("/var/lib/shelfpost")


class StationConfig(Section, frozen=True, kw_only=True):
    id: Annotated[StationId, Meta(description="this station's name: a to z, 0 to 9 and _, at most 64")]
    library: Annotated[
        Id | None,
        Meta(
            description="the library's id, of a to z, 0 to 9 and _; without it the station waits to join one"
        ),
    ] = None
    data_dir: Annotated[
        Path, Meta(description="the folder in which the station keeps its loans and events")
    ] = DATA_DIR
    location: Annotated[Text | None, Meta(description="where the station stands, in words for people")] = None


class BrokerConfig(Section, frozen=True, kw_only=True):
    host: Annotated[Host, Meta(description="the broker's name or address without a port, as in broker.local")]
    port: Annotated[Port, Meta(description="the TCP port: 1883, or 8883 where ca_file is set")] = 1883
    protocol: Annotated[Literal["5", "3.1.1"], Meta(description="the version of MQTT to speak")] = "5"
    root: Annotated[
        Topic, Meta(description="the first part of every topic, without spaces, + # $, or a / at its ends")
    ] = "shelfpost"
    username: Annotated[Text | None, Meta(description="the name to log in to the broker with")] = None
    password_file: Annotated[
        Path | None, Meta(description="a file that holds the password for username, and nothing else")
    ] = None
    join_username: Annotated[
        Text | None, Meta(description="a login for stations that are about to join, which may do no more")
    ] = None
    join_password_file: Annotated[
        Path | None, Meta(description="a file that holds the password for join_username, and nothing else")
    ] = None
    ca_file: Annotated[
        Path | None, Meta(description="the certificates to trust; with it the connection is encrypted")
    ] = None
    cert_file: Annotated[
        Path | None, Meta(description="the station's own certificate, where the broker asks for one")
    ] = None
    key_file: Annotated[Path | None, Meta(description="the private key of cert_file")] = None

    @classmethod
    def conflicts(cls, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for key, other in (
            ("password_file", "username"),
            ("join_password_file", "join_username"),
            ("cert_file", "key_file"),
            ("key_file", "cert_file"),
            ("cert_file", "ca_file"),
        ):
            if key in raw and other not in raw:
                yield key, f"is of no use without {other}"


SCANNER = (
    "a USB scanner that types (evdev), one that is a serial port (serial), a Raspberry Pi's camera (camera),"
    " or lines of text (lines)"
)
PANEL = "lamps and buzzer on pins (gpio), a picture in the terminal (terminal), or JSON lines (log)"


class ScannerSection(Section, frozen=True, kw_only=True):
    unique: ClassVar = ("name", "path")

    name: Annotated[
        Text,
        Meta(description="its name in logs and health; by default the driver and a number"),
    ]


class EvdevConfig(ScannerSection, frozen=True, kw_only=True):
    driver: Annotated[Literal["evdev"], Meta(description=SCANNER)] = "evdev"
    match: Annotated[
        Device,
        Meta(description="its name, vendor:product, or path in /dev/input/by-id; an event number changes"),
    ]
    layout: Annotated[
        Literal["us", "gb", "de", "fr"], Meta(description="the keyboard layout that the scanner types in")
    ] = "us"
    silence_ms: Annotated[
        Milliseconds, Meta(description="milliseconds without a key that end a scan which ENTER didn't end")
    ] = 100


class SerialConfig(ScannerSection, frozen=True, kw_only=True):
    driver: Annotated[Literal["serial"], Meta(description=SCANNER)] = "serial"
    match: Annotated[
        SerialPort,
        Meta(description="its vendor:product, or path in /dev/serial/by-id; the number of a ttyACM changes"),
    ]
    encoding: Annotated[
        Literal["utf-8", "gb18030"],
        Meta(description="how it writes what isn't ASCII; gb18030 takes GBK and GB2312 too"),
    ] = "utf-8"
    baud: Annotated[
        Baud, Meta(description="its speed where wires or an adapter carry it; a USB scanner has none")
    ] = 9_600
    silence_ms: Annotated[
        Milliseconds, Meta(description="milliseconds of silence that end a scan which no line end ended")
    ] = 100


class LinesConfig(ScannerSection, frozen=True, kw_only=True):
    driver: Annotated[Literal["lines"], Meta(description=SCANNER)] = "lines"
    path: Annotated[
        Stream, Meta(description="where to read one scan a line: a file, a FIFO, or - for standard input")
    ]


class CameraConfig(ScannerSection, frozen=True, kw_only=True):
    driver: Annotated[Literal["camera"], Meta(description=SCANNER)] = "camera"
    camera: Annotated[
        CameraNumber, Meta(description="which camera, as rpicam-hello --list-cameras counts them, from 0")
    ] = 0
    resolution: Annotated[
        Literal["1920x1080", "1280x720"],
        Meta(description="the size of its pictures; the smaller is read twice as quickly, from half as far"),
    ] = "1920x1080"
    focus_cm: Annotated[
        Focus | None,
        Meta(description="how far away codes are held, for a lens that moves; by itself if not set"),
    ] = None


ScannerConfig = EvdevConfig | SerialConfig | LinesConfig | CameraConfig


class PanelSection(Section, frozen=True, kw_only=True):
    signals: Annotated[
        Path | None,
        Meta(description="a signals.toml of the library's own, in place of the built-in patterns"),
    ] = None


class GpioPanelConfig(PanelSection, frozen=True, kw_only=True):
    PINS: ClassVar = ("green", "amber", "red", "buzzer")

    driver: Annotated[Literal["gpio"], Meta(description=PANEL)] = "gpio"
    chip: Annotated[
        Text | None,
        Meta(description="the GPIO chip's label, as in pinctrl-rp1; found by itself if not set"),
    ] = None
    green: Annotated[Pin, Meta(description="the green lamp's pin, by BCM number")]
    amber: Annotated[Pin, Meta(description="the amber lamp's pin, by BCM number")]
    red: Annotated[Pin, Meta(description="the red lamp's pin, by BCM number")]
    buzzer: Annotated[Pin, Meta(description="the buzzer's pin, by BCM number")]
    active_low: Annotated[bool, Meta(description="whether a lamp is lit by a low pin")] = False
    buzzer_kind: Annotated[
        Literal["active", "tonal"],
        Meta(description="a buzzer with one tone of its own, or one that plays notes"),
    ] = "active"
    brightness: Annotated[float, Meta(ge=0, le=1, description="how bright the lamps are, 1 being full")] = 1.0

    @classmethod
    def conflicts(cls, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        first: dict[int, str] = {}
        for name in cls.PINS:
            pin = raw.get(name)
            if type(pin) is int and first.setdefault(pin, name) != name:
                yield name, f"is pin {pin}, which {first[pin]} has"


class TerminalPanelConfig(PanelSection, frozen=True, kw_only=True):
    driver: Annotated[Literal["terminal"], Meta(description=PANEL)] = "terminal"


class LogPanelConfig(PanelSection, frozen=True, kw_only=True):
    driver: Annotated[Literal["log"], Meta(description=PANEL)] = "log"
    path: Annotated[
        Stream, Meta(description="where to write one JSON object a line: a file, or - for standard output")
    ] = Stream("-")


PanelConfig = GpioPanelConfig | TerminalPanelConfig | LogPanelConfig


class PatternsConfig(Section, frozen=True, kw_only=True):
    """What new codes look like. A pattern has to match the whole text (`fullmatch`)."""

    reader: Annotated[Pattern, Meta(description="a new card, as a regular expression")] = re.compile("RD-.+")
    item: Annotated[Pattern, Meta(description="a new label, as a regular expression")] = re.compile("BK-.+")
    command_prefix: Annotated[Text, Meta(description="what a command code begins with")] = "CMD-"


class SessionConfig(Section, frozen=True, kw_only=True):
    reader_seconds: Annotated[Seconds, Meta(description="silence that ends a reader's session")] = 30.0
    staff_seconds: Annotated[Seconds, Meta(description="silence that ends a staff session")] = 120.0
    pending_item_seconds: Annotated[
        Seconds, Meta(description="how long a book that was scanned first waits for its card")
    ] = 20.0
    repeat_seconds: Annotated[
        Seconds, Meta(description="within this time the same code from the same scanner is one scan")
    ] = 1.5


class LookupConfig(Section, frozen=True, kw_only=True):
    providers: Annotated[
        tuple[Literal["catalogue", "broker", "openlibrary"], ...],
        Meta(
            description="who is asked for a book's title, in this order: the imported catalogue, whoever"
            " listens on the broker, Open Library on the internet"
        ),
    ] = ("catalogue", "broker", "openlibrary")
    timeout: Annotated[
        float, Meta(gt=0, le=300, description="seconds that one who was asked has to answer")
    ] = 10.0

    @classmethod
    def conflicts(cls, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        named = raw.get("providers")
        names = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
        for each in sorted({each for each in names if names.count(each) > 1}):
            yield "providers", f'names "{each}" twice'


class Config(Section, frozen=True, kw_only=True):
    station: Annotated[StationConfig, Meta(description="which station this is: a section with its id")]
    broker: Annotated[
        BrokerConfig | None, Meta(description="the MQTT broker; without this section the station is alone")
    ] = None
    scanner: Annotated[
        tuple[ScannerConfig, ...], Meta(description="the scanners, one [[scanner]] each; run needs one")
    ] = ()
    panel: Annotated[PanelConfig, Meta(description="the lamps and the buzzer")] = TerminalPanelConfig()
    patterns: Annotated[PatternsConfig, Meta(description="what new cards and labels look like")] = (
        PatternsConfig()
    )
    session: Annotated[SessionConfig, Meta(description="how long the desk waits")] = SessionConfig()
    lookup: Annotated[LookupConfig, Meta(description="who knows the titles of books")] = LookupConfig()
