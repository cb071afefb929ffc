"""A policy from words: `loan_days=21 closed_dates=2026-12-25,2026-12-26`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import msgspec

from station.documents import read, write
from station.model import Policy, named_zone

KEYS = tuple(each for each in Policy.__struct_fields__ if each != "extra")
_WORDS = {"true": True, "yes": True, "false": False, "no": False, "none": None}


class PolicyError(ValueError):
    """What is wrong with a setting, in words."""


def changed(policy: Policy, settings: Iterable[str]) -> Policy:
    """`policy` with each `key=value`; lists are written with commas. Raises PolicyError for all mistakes."""
    raw, problems = write(policy), []
    for setting in settings:
        key, equals, text = setting.partition("=")
        if key not in KEYS or not equals:
            problems.append(_not_a_key(key) if equals else f"{setting}: write it as key=value.")
            continue
        try:
            raw = write(read(Policy, {**raw, key: _value(key, text)}))
            _known_zone(key, text)
        except (msgspec.ValidationError, ValueError) as error:
            problems.append(f"{key}={text}: {str(error).split(' - at')[0]}.")
    if problems:
        raise PolicyError("\n".join(problems))
    return read(Policy, raw)


def _value(key: str, text: str) -> Any:
    if key == "closed_dates":
        return [each for each in text.split(",") if each and each != "none"]
    if text.lower() in _WORDS and key != "reader_pin":
        return _WORDS[text.lower()]
    return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() else text


def _known_zone(key: str, text: str) -> None:
    if key == "timezone" and text != "none" and named_zone(text) is None:
        raise ValueError("there is no such time zone; names are like Asia/Shanghai or Europe/Berlin")


def _not_a_key(key: str) -> str:
    near = difflib.get_close_matches(key, KEYS, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(KEYS)}."
    return f"{key}: there is no such policy key{hint}"
