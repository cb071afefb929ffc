"""Whether anything has changed before the camera."""

from __future__ import annotations

import numpy as np
import pytest

from station.drivers.camera import Box
from station.drivers.camera.luma import Luma
from station.drivers.camera.scene import Scene
from tests.camera.pictures import Label, Optics, Place, desk, picture
from tests.camera.shown import SMALL, plain, with_patch

HERE, THERE = Box(0.0, 0.0, 0.2, 0.25), Box(0.8, 0.8, 1.0, 1.0)


def watched(*pictures: Luma) -> list[bool]:
    scene = Scene()
    return [scene.show(each) for each in pictures]


def test_first_picture_is_a_change_and_the_same_again_is_none() -> None:
    assert watched(plain(), plain(), plain()) == [True, False, False]


def test_hand_is_a_change_when_it_comes_and_when_it_goes() -> None:
    assert watched(plain(), with_patch(150), with_patch(150), plain()) == [True, True, False, True]


@pytest.mark.parametrize("module", [1.5, 3.0])
def test_code_that_is_held_into_the_picture_is_a_change(module: float) -> None:
    ground = desk(np.random.default_rng(2), SMALL)
    held = picture([(Label("RD-1001", "qr"), Place(module, x=0.7, y=0.3))], size=SMALL, desk=ground)
    assert watched(picture([], size=SMALL, desk=ground), held) == [True, True]


@pytest.mark.parametrize("noise", [2.0, 20.0])
def test_noise_is_no_change(noise: float) -> None:
    random = np.random.default_rng(3)
    ground = desk(random, SMALL)
    pictures = [picture([], Optics(noise=noise), SMALL, random, ground) for _ in range(30)]
    assert watched(*pictures) == [True] + [False] * 29


def test_light_that_changes_all_over_is_no_change() -> None:
    assert watched(plain(120), plain(150), plain(90)) == [True, False, False]


def test_slow_movement_is_noticed() -> None:
    assert any(watched(*(with_patch(120 + step) for step in range(12)))[1:])


def test_place_is_as_it_was_though_there_is_a_change_elsewhere() -> None:
    scene = Scene()
    scene.show(plain())
    parts = scene.part(HERE), scene.part(THERE)
    scene.show(with_patch(200))
    assert [scene.is_as(each) for each in parts] == [False, True]


def test_place_beyond_the_edge_is_the_edge() -> None:
    scene = Scene()
    scene.show(plain())
    part = scene.part(Box(-0.2, 0.9, 1.3, 1.4))
    scene.show(with_patch(200, (500, 340)))
    assert not scene.is_as(part)
