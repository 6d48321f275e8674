"""Histories with their answers: each, played through the real stages, ends as told.

`timelines.yaml` says what the notation means; `histories/` holds more, by what happens in them.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from tests.timelines.world import World, days, moment

FOLDER = Path(__file__).parent
HISTORIES = [
    history
    for path in (FOLDER / "timelines.yaml", *sorted((FOLDER / "histories").glob("*.yaml")))
    for history in yaml.safe_load(path.read_text())
]


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history["name"])
def test_the_history_ends_as_told(history: dict[str, Any], engine: Engine) -> None:
    world = World(history, engine)
    for happened in history["passes"]:
        world.play(happened)
        at = moment(happened["at"])
        if "expect_now" in happened:
            assert found(world, at) == answers(happened["expect_now"])
        for stream, covered in happened.get("covered_now", {}).items():
            assert world.covered(stream, at) is covered
    last = moment(history["passes"][-1]["at"])
    document = world.exposures(last)
    told = answers(history["expect"])
    assert {stream: found(world, last).get(stream, {}) for stream in told} == told
    for stream, covered in history.get("covered", {}).items():
        assert world.covered(stream, last) is covered
    if "backfilled" in history:
        assert flagged(document, "backfilled", first=True) == set(history["backfilled"])
    if "flap" in history:
        assert flagged(document, "flap", first=False) == set(history["flap"])
    for vulnerability, day in history.get("not_before", {}).items():
        ends = [days(e["to_not_before"]) for e in episodes_of(document, vulnerability)]
        assert ends == [day]


def answers(expected: dict[str, dict[str, list[list[Any]]]]) -> dict[str, dict[str, list[Any]]]:
    return {
        str(stream): {
            name: [
                [round(start, 6), end if end is None else round(end, 6), cause]
                for start, end, cause in told
            ]
            for name, told in by_vulnerability.items()
        }
        for stream, by_vulnerability in expected.items()
    }


def found(world: World, as_of: datetime) -> dict[str, dict[str, list[Any]]]:
    by_stream: dict[str, dict[str, list[Any]]] = {}
    for window in world.exposures(as_of)["windows"]:
        episodes = [[days(e["from"]), days(e["to"]), e["cause"]] for e in window["episodes"]]
        by_stream.setdefault(window["stream"], {})[window["vulnerability"]] = episodes
    return by_stream


def episodes_of(document: dict[str, Any], vulnerability: str) -> list[dict[str, Any]]:
    windows = [w for w in document["windows"] if w["vulnerability"] == vulnerability]
    return [episode for window in windows for episode in window["episodes"]]


def flagged(document: dict[str, Any], flag: str, *, first: bool) -> set[str]:
    position = 0 if first else -1
    return {w["vulnerability"] for w in document["windows"] if w["episodes"][position][flag]}
