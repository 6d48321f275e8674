"""What was known at a time reads the same ever after, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import day
from tests.integration.times.conftest import CURLS, KNOWN, OPENSSL, ZLIB, Desk, owner
from watcher.demo.workshop import Image, layer
from watcher.domain.package import Severity
from watcher.report.figures import management

TIMES = [day(1), day(3), day(5.5), day(8), day(12), day(12.5)]
LISTS = ("exposures", "streams", "images", "knowledge")


def told(desk: Desk) -> dict[tuple[str, datetime], bytes]:
    """Every document as of every time of the past."""
    found = {("report", at): desk.report(at) for at in TIMES}
    for name in LISTS:
        for at in TIMES:
            time = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            found[name, at] = desk.told(name, "--as-of", time, "--format", "json")
    return found


def test_fifty_late_facts_and_edits_leave_every_document_of_the_past_as_it_was(desk: Desk) -> None:
    before = told(desk)
    shown = json.loads(before["report", day(12)])
    assert shown["episodes"]["open"]
    assert shown["episodes"]["closed"]
    assert {"shop", "data"} <= shown["by_team"].keys()
    edits = list(all_edits(desk))
    for number, edit in enumerate(edits):
        edit()
        desk.sync(day(13) + number * timedelta(hours=6))
    assert len(edits) == 50
    assert told(desk) == before
    # They were no idle edits: what is told of the same period now is something else.
    now = desk.report(day(12), "--known-now")
    assert now != before["report", day(12)]


def all_edits(desk: Desk) -> Iterator[Any]:
    """Late facts, and changes of owners, policy, thresholds, staleness, rules, feeds, includes."""
    for number in range(10):
        yield lambda n=number: late_database(desk, n)
        yield lambda n=number: late_push(desk, n)
        yield lambda n=number: desk.configure(
            owners=[owner(f"local/{'shop' if n % 2 else 'data'}/**", f"team{n}")]
        )
    for number in range(5):
        yield lambda n=number: desk.configure(stale_after=f"{n + 1}h")
        yield lambda n=number: desk.configure(
            tickets={"threshold": ("LOW", "MEDIUM", "HIGH", "CRITICAL", "LOW")[n]}
        )
        yield lambda n=number: included(desk, n)
    yield lambda: desk.configure(streams=[{"match": "local/shop/web", "by": "newest"}])
    yield lambda: desk.configure(streams=[{"by": "tag"}])
    yield lambda: desk.configure(policy={"preset": "bod-26-04"})
    yield lambda: desk.configure(feeds={"kev": "https://kev.invalid/known.json"})
    yield lambda: desk.configure(renames=[{"from": "local/shop/old", "to": "local/shop/web"}])


def late_database(desk: Desk, number: int) -> None:
    """A database that dates what it knows before the report, and rates it anew."""
    ratings: tuple[Severity, ...] = ("LOW", "HIGH", "CRITICAL", "UNKNOWN")
    rated = ratings[number % 4]
    desk.fleet.learn(
        day(12) + timedelta(minutes=number),
        [
            Known("openssl", "CVE-2026-1", str(number), rated, published=day(-9 + number)),
            *([KNOWN[1], CURLS] if number % 2 else []),
            Known("zlib", f"CVE-2026-9{number}", severity=rated, published=day(number)),
        ],
    )


def late_push(desk: Desk, number: int) -> None:
    """A push of before the report, seen only now; and one of a new repository."""
    image = Image([layer({"late": str(number)})], created=day(number))
    desk.fleet.scanner.put_image(image.digest, [OPENSSL, ZLIB, fake_package(f"late{number}")])
    desk.fleet.registry.push("shop/web", "latest", image, day(9 + number / 10))
    desk.fleet.registry.push(f"shop/late{number}", "latest", image, day(number))


def included(desk: Desk, number: int) -> None:
    """What is watched changes; all of it is watched again in the end."""
    include = ["shop/**"] if number % 2 else ["**"]
    registry = desk.settings["registries"][0] | {"include": include}
    desk.configure(registries=[registry])


def test_a_report_of_the_past_has_the_owners_and_the_staleness_of_its_pass(desk: Desk) -> None:
    desk.configure(owners=[owner("local/shop/**", "market")], stale_after="1h")
    then = json.loads(desk.report(day(12.5)))
    assert "shop" in then["by_team"]
    assert then["coverage"]["covered"] == 3
    now = json.loads(desk.told("report", "--format", "json"))
    assert "market" in now["by_team"]
    assert now["coverage"]["covered"] == 0


def test_exposures_of_the_past_name_the_owners_of_their_pass(desk: Desk) -> None:
    desk.configure(owners=[])
    then = json.loads(desk.told("exposures", "--as-of", "2026-03-13T00:00:00Z", "--format", "json"))
    assert {one["team"] for one in then["windows"]} == {"shop", "data", None}


def test_a_key_of_an_older_configuration_that_is_known_no_more_stops_nothing(desk: Desk) -> None:
    snapshot = desk.fleet.configured
    assert snapshot is not None
    body = json.loads(snapshot.body)
    body["owners"][0]["colour"] = "red"
    body["tickets"]["weekday"] = "fri"
    desk.fleet.configured = type(snapshot)("f" * 64, json.dumps(body))
    desk.sync(day(13))
    assert "shop" in json.loads(desk.report(day(13)))["by_team"]


def test_a_value_that_means_nothing_any_more_is_an_error_that_names_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = desk.fleet.configured
    assert snapshot is not None
    body = json.loads(snapshot.body) | {"stale_after": "a while"}
    desk.fleet.configured = type(snapshot)("e" * 64, json.dumps(body))
    desk.sync(day(13))
    assert desk.run("report", "--as-of", "2026-03-14T00:00:00Z") == 3
    assert "stale_after" in capsys.readouterr().err


def test_the_version_of_the_figures_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before, version = json.loads(desk.report(day(12))), management.FIGURES_VERSION
    monkeypatch.setattr(management, "FIGURES_VERSION", 99)
    after = json.loads(desk.report(day(12)))
    assert (before["figures_version"], after["figures_version"]) == (version, 99)
