"""The service check, with a `systemctl` that says what the test wants."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from station.doctor import service as module
from station.doctor.service import service
from tests.doctor.places import place, said

FINE = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "UnitFileState": "enabled",
    "NRestarts": "0",
    "ExecMainStatus": "0",
    "WatchdogUSec": "20s",
}


@pytest.fixture(autouse=True)
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SYSTEMD", tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    says(tmp_path)


def says(folder: Path, status: int = 0, **other: str) -> None:
    lines = "\n".join(f"{key}={value}" for key, value in {**FINE, **other}.items())
    script = folder / "systemctl"
    script.write_text(f"#!/bin/sh\ncat <<'END'\n{lines}\nEND\nexit {status}\n")
    script.chmod(0o755)


def found(folder: Path, pid: int | None = 7) -> list[tuple[str, str]]:
    return said(service(place(folder, pid=pid)))


def test_active_unit(tmp_path: Path) -> None:
    assert found(tmp_path) == [("ok", "shelfpost.service is active; the station runs (process 7)")]


def test_unit_that_is_not_started_is_a_warning(tmp_path: Path) -> None:
    says(tmp_path, ActiveState="inactive")
    assert found(tmp_path, None) == [
        ("warning", "shelfpost.service is not active; the station is not running")
    ]


def test_unit_that_starts_again_and_again_is_a_warning(tmp_path: Path) -> None:
    says(tmp_path, ActiveState="activating", NRestarts="12")
    assert found(tmp_path, None) == [
        ("warning", "shelfpost.service is activating"),
        ("warning", "systemd has started the station again 12 times"),
    ]


@pytest.mark.parametrize(
    ("status", "said_of_it"),
    [("1", "has failed with status 1"), ("78", "ended: its configuration is wrong")],
)
def test_unit_that_failed_is_wrong(tmp_path: Path, status: str, said_of_it: str) -> None:
    says(tmp_path, ActiveState="failed", ExecMainStatus=status)
    assert found(tmp_path, None) == [("wrong", f"shelfpost.service {said_of_it}")]


def test_unit_that_does_not_start_with_the_computer_is_a_warning(tmp_path: Path) -> None:
    says(tmp_path, UnitFileState="disabled", WatchdogUSec="infinity")
    assert [status for status, _ in found(tmp_path)] == ["ok", "warning", "warning"]


def test_without_a_unit_only_the_process_counts(tmp_path: Path) -> None:
    says(tmp_path, LoadState="not-found")
    assert found(tmp_path) == [("ok", "the station runs (process 7); there is no unit shelfpost.service")]
    assert found(tmp_path, None) == [
        ("skipped", "the station is not running, and there is no unit shelfpost.service")
    ]


@pytest.mark.parametrize("gone", ["systemd", "answer"])
def test_without_systemd_only_the_process_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    if gone == "systemd":
        monkeypatch.setattr(module, "SYSTEMD", tmp_path / "nowhere")
    else:
        says(tmp_path, status=1)
    assert found(tmp_path) == [("ok", "the station runs (process 7); systemd is not here")]
