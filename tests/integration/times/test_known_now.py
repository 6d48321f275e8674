"""What is known now to have been so then: valid time cut at a time, recorded time not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.scanner import Known
from tests.integration.store_views.conftest import day
from tests.integration.times.conftest import CURLS, KNOWN, Desk
from tests.timelines.world import World, moment
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.views import SqlViews
from watcher.ports.store.exposures import ReadWindow, WindowFilter
from watcher.report.times import stamp

HISTORIES = yaml.safe_load(
    (Path(__file__).parents[2] / "timelines" / "timelines.yaml").read_text(encoding="utf-8")
)


def windows(desk: Desk, at: float, *options: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Windows as of a day, by repository and vulnerability."""
    written = desk.told("exposures", "--as-of", stamp(day(at)), "--format", "json", *options)
    listed = json.loads(written)["windows"]
    return {(one["repository"], one["vulnerability"]): one for one in listed}


def test_what_was_learnt_later_is_known_now_and_was_not_known_then(desk: Desk) -> None:
    desk.sync(day(13))  # the image that could not be catalogued is
    place = ("pay/gate", "CVE-2026-1")
    assert place not in windows(desk, 12)
    late = windows(desk, 12, "--known-now")[place]
    assert late["open"] is True
    assert late["episodes"][0]["from"] < stamp(day(12)) < late["episodes"][0]["detected"]


def test_what_ended_later_was_open_then_with_the_image_and_packages_of_then(desk: Desk) -> None:
    place = ("shop/web", "CVE-2026-1")
    (ended,) = windows(desk, 12, "--known-now")[place]["episodes"]
    assert (ended["to"], ended["cause"]) == (stamp(day(8)), "remediated")
    (then,) = windows(desk, 7, "--known-now")[place]["episodes"]
    assert (then["to"], then["cause"], then["ended_by"]) == (None, None, None)
    assert then["last_image"] == then["first_image"]
    assert [one["purl"] for one in then["packages"]] == [one["purl"] for one in ended["packages"]]


def test_only_what_was_open_then_is_listed_as_open(desk: Desk) -> None:
    assert ("shop/web", "CVE-2026-1") in windows(desk, 7, "--known-now", "--open")
    assert ("shop/web", "CVE-2026-1") not in windows(desk, 8, "--known-now", "--open")
    assert ("data/etl", "CVE-2026-3") not in windows(desk, 3, "--known-now")


def test_a_severity_is_the_one_that_held_then(desk: Desk) -> None:
    desk.fleet.learn(day(13), [KNOWN[0], Known("curl", "CVE-2026-3", "9", "CRITICAL")])
    desk.sync(day(13.5))
    place = ("data/etl", "CVE-2026-3")
    assert CURLS.severity == "HIGH"
    assert windows(desk, 12, "--known-now")[place]["severity"] == "HIGH"
    assert windows(desk, 13.5, "--known-now")[place]["severity"] == "CRITICAL"
    assert windows(desk, 12, "--known-now")[place]["episodes"][0]["fix_available"] is None


def test_at_the_end_of_the_record_both_questions_have_the_same_answer(desk: Desk) -> None:
    then, now = (json.loads(desk.report(day(12.5), *one)) for one in ([], ["--known-now"]))
    assert (then.pop("known_now"), now.pop("known_now")) == (False, True)
    assert now == then
    assert windows(desk, 12.5, "--known-now") == windows(desk, 12.5)


def test_a_report_counts_what_was_learnt_later_as_not_observed(desk: Desk) -> None:
    desk.sync(day(13))
    then, now = json.loads(desk.report(day(12))), json.loads(desk.report(day(12), "--known-now"))
    assert now["episodes"]["open"] == then["episodes"]["open"] + 1
    days = [one["figures"]["exposure_days"]["value"] for one in (then, now)]
    assert days[0] == days[1]
    unseen = [one["figures"]["exposure_days_backfilled"]["value"] for one in (then, now)]
    assert unseen[0] < unseen[1]
    # What watcher did and saw then cannot be learnt later.
    assert [now[name] for name in ("coverage", "knowledge", "bumps")] == [
        then[name] for name in ("coverage", "knowledge", "bumps")
    ]


def test_known_now_without_a_time_is_wrong_usage(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("exposures", "report"):
        assert desk.run(command, "--known-now") == 2
        assert "--as-of" in capsys.readouterr().err


@pytest.mark.parametrize("history", HISTORIES, ids=lambda one: one["name"])
def test_a_history_read_as_of_any_pass_is_its_whole_ledger_cut_there(
    history: dict[str, Any], sqlite_url: str
) -> None:
    world = World(history, open_engine(sqlite_url))
    for happened in history["passes"]:
        world.play(happened)
    whole = read(world)
    for happened in history["passes"]:
        at = moment(happened["at"])
        assert spans(read(world, until=at)) == spans(whole, at)
    world.engine.dispose()


def read(world: World, **filtered: Any) -> list[ReadWindow]:  # noqa: ANN401 - fields of a filter
    done = SqlViews(world.engine).finished(None)
    assert done is not None
    return list(SqlExposures(world.engine).windows(WindowFilter(**filtered), done.number))


def spans(found: list[ReadWindow], cut: Any = None) -> dict[int, list[tuple[Any, ...]]]:  # noqa: ANN401 - a time
    """Episodes by window: as they are, or cut at a time."""
    told: dict[int, list[tuple[Any, ...]]] = {}
    for window in found:
        for one in window.episodes:
            episode, end = one.episode, one.episode.end
            if cut is not None and episode.start.at > cut:
                continue
            lasts = end is None or (cut is not None and end.at > cut)
            ending = (None, None) if end is None or lasts else (end.at, episode.cause)
            told.setdefault(window.number, []).append((episode.start.at, one.detected, *ending))
    return told
