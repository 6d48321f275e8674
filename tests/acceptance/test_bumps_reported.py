"""What a bump ended is in the report, in the exposures and in the images: now, and as of then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.bad_input.story import day, written
from tests.acceptance.bad_input.tickets.shop import (
    NEW_BASE,
    OLD_BASE,
    Shop,
    before_the_ticket,
    open_shop,
)

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Filed on day 3, half done on day 5, closed on day 8; looked at on day 20."""
    folder: Path = tmp_path_factory.mktemp("reported") / "shop"
    folder.mkdir()
    with open_shop(folder) as one:
        before_the_ticket(one)
        one.sync(3)
        one.rebuild("api")
        one.sync(5)
        one.rebuild("web", created=6)
        one.sync(8)
        one.sync(20)
        yield one


def reported(shop: Shop, number: float, since: float = 0) -> dict[str, Any]:
    answer = shop.fleet.folder / "report.json"
    asked = ("--as-of", written(day(number)), "--since", written(day(since)))
    told = shop.fleet.watcher("report", "--format", "json", *asked, "-o", str(answer))
    assert told.code == 0, told.lines
    document: dict[str, Any] = json.loads(answer.read_bytes())
    return document


def test_a_report_tells_of_each_day_what_was_ended_then(shop: Shop) -> None:
    def bump(number: float) -> tuple[Any, ...]:
        (row,) = reported(shop, number)["bumps"]
        ended, left = row["ended"], row["left"]
        days = round(ended["exposure_days"], 6)
        return row["state"], row["moved"], ended["windows"], days, left["windows"]

    assert reported(shop, 2)["bumps"] == []
    assert bump(3) == ("open", 0, 0, 0, 2)
    assert bump(5) == ("open", 1, 1, 0, 1)
    assert bump(7) == ("open", 1, 1, 2, 1)
    assert bump(8) == ("done", 2, 2, 3, 0)
    assert bump(20) == ("done", 2, 2, 15 + 12, 0)
    assert reported(shop, 20, since=8)["bumps"] == []


def test_a_bump_is_told_with_its_ticket_and_target(shop: Shop) -> None:
    (row,) = reported(shop, 20)["bumps"]
    assert (row["key"], row["team"]) == ("shop:local/base/python:3.12", "shop")
    assert (row["base"], row["target"]["digest"]) == ("base/python:3.12", NEW_BASE.digest)
    assert (row["ticket"]["tracker"], row["ticket"]["id"]) == ("t", "1")


def test_what_is_due_is_told_by_vulnerability(shop: Shop) -> None:
    due = reported(shop, 20)["due"]
    assert [(one["vulnerability"], one["packages"], one["windows"]) for one in due] == [
        ("CVE-2026-2", ["libc6"], 2),
        ("CVE-2026-3", ["jinja2"], 2),
    ]
    assert {(one["due"], one["overdue"]) for one in due} == {(written(day(30)), False)}
    assert [one["by_team"] for one in due] == [{"shop": 2}] * 2


def test_episodes_say_since_when_they_were_ticketed_and_their_base_was_fixed(shop: Shop) -> None:
    def clocks(number: float) -> dict[tuple[str, str], tuple[str | None, str | None]]:
        told = shop.fleet.asked("exposures", "--as-of", written(day(number)))
        return {
            (one["repository"], one["vulnerability"]): (
                one["episodes"][-1]["ticketed"],
                one["episodes"][-1]["base_fix_available"],
            )
            for one in told.document["windows"]
        }

    assert set(clocks(1).values()) == {(None, None)}
    now = clocks(20)
    for repository in ("shop/api", "shop/web"):
        ticketed, fixed = now[repository, "CVE-2026-1"]
        assert ticketed == written(day(3))
        assert fixed is not None
        assert written(day(1)) < fixed <= written(day(3))
        assert now[repository, "CVE-2026-2"] == (None, None)
        assert now[repository, "CVE-2026-3"] == (None, None)


def test_images_show_the_base_they_stood_on_then(shop: Shop) -> None:
    def bases(number: float) -> dict[str, str]:
        told = shop.fleet.asked("images", "--as-of", written(day(number)))
        found = {one["image"].partition("@")[0]: one["base"] for one in told.document["images"]}
        assert {one["name"] for one in found.values()} == {"local/base/python:3.12"}
        return {name: one["digest"] for name, one in found.items()}

    old, new = OLD_BASE.digest, NEW_BASE.digest
    assert bases(3) == {"local/shop/api": old, "local/shop/web": old}
    assert bases(5) == {"local/shop/api": new, "local/shop/web": old}
    assert bases(20) == {"local/shop/api": new, "local/shop/web": new}
