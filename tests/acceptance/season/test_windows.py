"""Windows of the season that can be checked by hand: withdrawn, rolled back, in doubt, late."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.season.played import START, Document, Season
from watcher.demo.season.advisories import flaws

pytestmark = pytest.mark.servers

EXPECTED: list[Document] = yaml.safe_load(Path(__file__).with_name("windows.yaml").read_text())


def days(written: str | None) -> float | None:
    if written is None:
        return None
    return round((datetime.fromisoformat(written) - START) / timedelta(days=1), 4)


@pytest.fixture(scope="module")
def windows(season: Season) -> dict[tuple[str, str], Document]:
    found = {}
    for one in season.ask("exposures")["windows"]:
        sign = ":" if one["by"] == "tag" else "#"
        name = f"{one['repository']}{sign}{one['stream']}"
        if one["platform"] == "linux/amd64":
            found[name, one["vulnerability"]] = one
    return found


@pytest.mark.parametrize(
    "told", EXPECTED, ids=[f"{one['stream']}-{one['vulnerability']}" for one in EXPECTED]
)
def test_the_episodes_are_those_worked_out_by_hand(
    windows: dict[tuple[str, str], Document], told: dict[str, Any]
) -> None:
    episodes = windows[told["stream"], told["vulnerability"]]["episodes"]
    found = [[days(one["from"]), days(one["to"]), one["cause"]] for one in episodes]
    assert found == told["episodes"]
    for flag in ("from_not_before", "to_not_before"):
        if flag in told:
            assert [days(one[flag]) for one in episodes] == told[flag]


def test_every_flaw_of_the_story_was_an_exposure(season: Season) -> None:
    """A version mistyped in the tables would leave its flaw without a match."""
    exposed = {one["vulnerability"] for one in season.ask("exposures")["windows"]}
    assert exposed == {flaw.id for flaw in flaws()}


def test_nothing_is_exposed_to_what_was_withdrawn(
    windows: dict[tuple[str, str], Document],
) -> None:
    withdrawn = [one for (_, name), one in windows.items() if name == "CVE-2026-50032"]
    ended = [episode["cause"] for one in withdrawn for episode in one["episodes"]]
    assert len(ended) == 10  # every stream on a base of Python: seven on 3.12, three on 3.9
    assert set(ended) == {"knowledge_withdrawn"}


def test_bases_are_not_exposed_themselves(windows: dict[tuple[str, str], Document]) -> None:
    assert not [name for name, _ in windows if name.startswith("base/")]
