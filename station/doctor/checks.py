"""All checks, in the order in which one depends on another: from the configuration down."""

from __future__ import annotations

from collections.abc import Mapping

from station.doctor.broker import broker
from station.doctor.clock import clock
from station.doctor.configuration import configuration, mistakes
from station.doctor.data import backups, store
from station.doctor.disk import disk
from station.doctor.examination import CONFIG, Check
from station.doctor.findings import skipped
from station.doctor.library import library
from station.doctor.panel import panel
from station.doctor.scanners import layout, scanners
from station.doctor.service import service
from station.doctor.staff import staff

__all__ = ["ALONE", "CHECKS", "mistakes"]

CHECKS: Mapping[str, Check] = {
    CONFIG: configuration,
    "service": service,
    "scanner": scanners,
    "layout": layout,
    "panel": panel,
    "disk": disk,
    "store": store,
    "backup": backups,
    "clock": clock,
    "broker": broker,
    "library": library,
    "staff": staff,
}

ALONE = skipped("not looked at: the configuration comes first")
