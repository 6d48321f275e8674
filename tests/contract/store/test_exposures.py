"""The ledger as it is read signs the port `Exposures`: as it stood recorded, whenever asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.contract.store.fleet import Document, Fleet, day, exposures
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.passes import SqlPasses
from watcher.ports.store.exposures import ReadWindow, WindowFilter

EVERYTHING = WindowFilter()


def told(document: Document) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """Episodes as (from, to, cause), by repository and vulnerability."""
    return {
        (window["repository"], window["vulnerability"]): [
            (one["from"], one["to"], one["cause"]) for one in window["episodes"]
        ]
        for window in document["windows"]
    }


def windows(engine: Engine, wanted: WindowFilter = EVERYTHING) -> list[ReadWindow]:
    last = SqlPasses(engine).last()
    return list(SqlExposures(engine).windows(wanted, last.number if last else 0))


def named(found: list[ReadWindow]) -> list[tuple[str, str, str]]:
    return [(one.repository.path, one.stream, one.vulnerability) for one in found]


@pytest.fixture
def fleet() -> Fleet:
    """Two repositories, one with a tag and a line of versions, and what affects them."""
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p1", "p2"], created=day(-20))
    fleet.push("shop/web", "main", ["p2"], created=day(-10))
    fleet.push("shop/web", "1.0.0", ["p1"], created=day(-10))
    fleet.learn(day(-1), {"p1": ["V"], "p2": ["W"]})
    return fleet


def test_an_empty_record_has_no_windows(engine: Engine) -> None:
    assert windows(engine) == []


def test_windows_come_by_repository_stream_and_vulnerability(engine: Engine, fleet: Fleet) -> None:
    fleet.push("shop/Zoo".lower(), "b_c", ["p1"], created=day(-1))
    fleet.push("shop/zoo", "b-c", ["p2", "p1"], created=day(-1))
    fleet.push("shop/zoo", "B", ["p1"], created=day(-1))
    fleet.sync(engine, day(0))
    assert named(windows(engine)) == [
        ("shop/api", "main", "V"),
        ("shop/api", "main", "W"),
        ("shop/web", "main", "W"),
        ("shop/web", "1", "V"),
        ("shop/zoo", "B", "V"),
        ("shop/zoo", "b-c", "V"),
        ("shop/zoo", "b-c", "W"),
        ("shop/zoo", "b_c", "V"),
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (WindowFilter(stream="local/shop/api:main"), ["api main V", "api main W"]),
        (WindowFilter(stream="local/shop/web#1"), ["web 1 V"]),
        (WindowFilter(stream="local/shop/web:1"), []),
        (WindowFilter(stream="local/shop/web"), ["web main W", "web 1 V"]),
        (WindowFilter(stream="local/shop/api:main@linux/amd64", vulnerability="W"), ["api main W"]),
        (WindowFilter(stream="local/shop/api:main@linux/arm64"), []),
        (WindowFilter(stream="other/shop/api:main"), []),
        (WindowFilter(vulnerability="V"), ["api main V", "web 1 V"]),
        (WindowFilter(vulnerability="V' OR 1=1 --"), []),
        (WindowFilter(severity="HIGH", vulnerability="V"), ["api main V", "web 1 V"]),
        (WindowFilter(severity="LOW"), []),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, WindowFilter) else "",
)
def test_a_filter_gives_the_windows_it_names(
    engine: Engine, fleet: Fleet, wanted: WindowFilter, found: list[str]
) -> None:
    fleet.sync(engine, day(0))
    shown = [" ".join(one).removeprefix("shop/") for one in named(windows(engine, wanted))]
    assert shown == found


def test_only_open_windows_are_those_with_an_episode_that_lasts(
    engine: Engine, fleet: Fleet
) -> None:
    fleet.sync(engine, day(0))
    fleet.push("shop/api", "main", ["p2"], created=day(4))
    fleet.sync(engine, day(5))
    assert len(windows(engine)) == 4
    only_open = windows(engine, WindowFilter(open_only=True))
    assert named(only_open) == [
        ("shop/api", "main", "W"),
        ("shop/web", "main", "W"),
        ("shop/web", "1", "V"),
    ]
    then = SqlExposures(engine).windows(WindowFilter(open_only=True), 1)
    assert len(list(then)) == 4


def changing(fleet: Fleet) -> Iterator[Callable[[], None]]:
    """What happens before each of several passes; each changes what the ones before it told."""
    yield lambda: None
    yield lambda: fleet.learn(day(4), {"p1": [], "p2": ["W", "X"]}, published={"W": day(-60)})
    yield lambda: fleet.registry.delete("shop/web", "main")
    yield lambda: _push(fleet)
    yield lambda: setattr(fleet, "include", ("shop/api",))
    yield lambda: setattr(fleet, "by", "tag")


def _push(fleet: Fleet) -> None:
    fleet.push("shop/api", "main", ["p3"], created=day(2), pushed_at=day(12))


def test_what_was_known_then_is_told_ever_after(engine: Engine, fleet: Fleet) -> None:
    then: list[Document] = []
    for number, change in enumerate(changing(fleet)):
        change()
        fleet.sync(engine, day(5 * number))
        then.append(exposures(engine, day(5 * number)))
        assert [exposures(engine, day(5 * past)) for past in range(number + 1)] == then
    # Each of them was news, or nothing was tried.
    assert all(one != other for one, other in pairwise(then))


def test_an_end_recorded_later_is_not_visible_before(engine: Engine, fleet: Fleet) -> None:
    fleet.sync(engine, day(0))
    fleet.push("shop/api", "main", ["p2"], created=day(2), pushed_at=day(2))
    fleet.sync(engine, day(5))
    key = ("shop/api", "V")
    lasting = [("2026-02-28T00:00:00Z", None, None)]
    assert told(exposures(engine, day(0)))[key] == lasting
    # It had ended by then, but nobody knew.
    assert told(exposures(engine, day(3)))[key] == lasting
    ended = [("2026-02-28T00:00:00Z", "2026-03-03T00:00:00Z", "remediated")]
    assert told(exposures(engine, day(5)))[key] == ended


def test_what_was_recorded_and_not_folded_yet_is_not_told(engine: Engine, fleet: Fleet) -> None:
    fleet.sync(engine, day(0))
    before = exposures(engine, day(0))["windows"]
    fleet.learn(day(4), {"p1": ["V"], "p2": ["W", "X"]}, published={"V": day(-19)})
    fleet.push("shop/api", "main", ["p2"], created=day(4))
    fleet.sync(engine, day(5), ["knowledge", "inventory", "catalog", "match"])
    # All of it can be read, though the ledger knows nothing of it.
    assert told({"windows": before}) == told(exposures(engine, day(5)))
    fleet.sync(engine, day(6), ["exposure"])
    after = told(exposures(engine, day(6)))
    assert set(after) - set(told({"windows": before})) == {("shop/api", "X"), ("shop/web", "X")}
    assert [cause for *_, cause in after["shop/api", "V"]] == ["remediated"]


def test_a_base_that_is_published_is_exposed_from_then_on_and_the_other_way_round(
    engine: Engine, fleet: Fleet
) -> None:
    fleet.bases = ("shop/web",)
    fleet.sync(engine, day(0))
    alone, both = {"shop/api"}, {"shop/api", "shop/web"}
    for at, bases, exposed in ((5, (), both), (10, ("shop/web",), alone), (15, (), both)):
        fleet.bases = bases
        fleet.sync(engine, day(at))
        assert {one.repository.path for one in windows(engine)} == exposed
    assert {repository for repository, _ in told(exposures(engine, day(10)))} == alone


def test_reading_half_and_coming_back_later_is_allowed(engine: Engine, fleet: Fleet) -> None:
    fleet.sync(engine, day(0))
    reading = SqlExposures(engine).windows(EVERYTHING, 1)
    first = next(reading)
    fleet.push("shop/web", "main", ["p3"], created=day(4))
    fleet.sync(engine, day(5))
    rest = list(reading)
    assert len([first, *rest]) == 4
    assert all(one.episodes[-1].episode.end is None for one in rest)
