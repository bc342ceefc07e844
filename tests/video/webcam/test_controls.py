"""Switches, their keys, and that filters and switches know each other."""

from pathlib import Path

import pytest

import facepoints.video.webcam as webcam
from facepoints.errors import InputError
from facepoints.filters import NAMES
from facepoints.video.webcam import Controls, switches_for


def test_every_filter_has_a_switch_and_every_switch_a_key_of_its_own() -> None:
    switches = switches_for([("own-1", "Clown"), ("own-2", "Pirate")])
    assert set(NAMES) <= {switch.name for switch in switches}
    keys = [switch.key for switch in switches]
    assert len({*keys, "q"}) == len(keys) + 1
    assert [(one.name, one.label, one.key) for one in switches[-2:]] == [
        ("own-1", "Clown", "1"),
        ("own-2", "Pirate", "2"),
    ]


def test_the_tenth_filter_of_ones_own_has_no_key() -> None:
    switches = switches_for([(f"own-{number}", "x") for number in range(1, 12)])
    assert [switch.key for switch in switches[-3:]] == ["9", "", ""]
    Controls(switches).press_key("")


def test_every_switch_of_the_package_has_an_icon() -> None:
    page = (Path(webcam.__file__).parent / "static" / "index.html").read_text()
    missing = [one.name for one in switches_for([]) if one.group and f'id="icon-{one.name}"' not in page]
    assert missing == []


def test_setting_and_keys() -> None:
    controls = Controls(switches_for([]), on=["points"])
    assert controls.on == {"points"}
    controls.set("mask", True)
    controls.set("mask", True)
    assert controls.on == {"points", "mask"}
    controls.press_key("M")
    controls.press_key("s")
    controls.press_key("?")
    assert controls.on == {"points", "sunglasses"}
    assert not controls.quitting
    controls.press_key("q")
    assert controls.quitting


def test_unknown_switches_are_refused() -> None:
    with pytest.raises(InputError, match="unknown switch 'hat'; known are points, mask, "):
        Controls(switches_for([])).set("hat", True)
    with pytest.raises(InputError, match="unknown switch 'hat'"):
        Controls(switches_for([]), on=["hat"])


def test_the_legend_names_every_key() -> None:
    legend = Controls(switches_for([("own-1", "Clown")])).legend()
    assert legend.startswith("p points, m mask, ")
    assert legend.endswith("1 clown, q quit")
