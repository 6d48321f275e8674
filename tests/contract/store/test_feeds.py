"""Feeds in the record: what was known when, and that nothing is rewritten."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import Engine, event, func, select

from tests.contract.store.fleet import day
from tests.contract.store.record import begin
from watcher.adapters.store.feeds import SqlFeeds
from watcher.adapters.store.feeds.scores import packed, unpacked
from watcher.adapters.store.tables.feeds import feed_versions, kev_listings, ssvc_points
from watcher.ports.feeds import Content, FeedName, Listing, Listings, Point, Points, Scores
from watcher.ports.store.feeds import FeedVersion, ShownRatings, Told

LOG4J, XZ = "CVE-2021-44228", "CVE-2024-3094"


def kev(at: float, *listed: tuple[str, float]) -> Listings:
    found = [Listing(name, day(on), None, ransomware=False) for name, on in listed]
    return Listings(day(at), found)


def ssvc(*points: Point) -> Points:
    return Points(None, points)


def epss(at: float, **scores: float) -> Scores:
    return Scores(day(at), {f"CVE-2024-{name[1:]}": (s, 0.5) for name, s in scores.items()})


def record(engine: Engine, at: float, name: FeedName, content: Content) -> int:
    this = begin(engine, at)
    SqlFeeds(engine).record(this, name, f"{at:064}", content)
    return this.number


def rows(engine: Engine, table: object = kev_listings) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_a_record_without_feeds_knows_nothing_and_says_so(engine: Engine) -> None:
    flaws = SqlFeeds(engine).flaws(0)
    assert SqlFeeds(engine).latest("kev") is None
    assert list(flaws.told(LOG4J, 0.1)) == [Told(None, {})]
    assert flaws.shown([LOG4J]) == {LOG4J: ShownRatings()}


def test_who_was_listed_at_first_counts_from_the_listing_and_later_ones_from_the_pass(
    engine: Engine,
) -> None:
    record(engine, 1, "kev", kev(1, (LOG4J, -100)))
    second = record(engine, 5, "kev", kev(5, (LOG4J, -100), (XZ, 3)))
    flaws = SqlFeeds(engine).flaws(second)
    yes = {"kev": "yes", "likely_exploitable": "yes"}
    assert list(flaws.told(LOG4J, None)) == [Told(None, {"kev": "no"}), Told(day(-100), yes)]
    assert list(flaws.told(XZ, None)) == [Told(None, {"kev": "no"}), Told(day(5), yes)]
    assert list(flaws.told("CVE-2000-0001", None)) == [Told(None, {"kev": "no"})]


def test_what_was_known_at_a_pass_stays_so(engine: Engine) -> None:
    first = record(engine, 1, "kev", kev(1, (LOG4J, -100)))
    second = record(engine, 5, "kev", kev(5, (XZ, 3)))
    assert SqlFeeds(engine).flaws(first).shown([LOG4J, XZ]) == {
        LOG4J: ShownRatings(kev=True, kev_listed_on=day(-100)),
        XZ: ShownRatings(kev=False),
    }
    now = SqlFeeds(engine).flaws(second)
    assert now.shown([LOG4J])[LOG4J].kev is False
    # It was due because of its listing, and that does not go with it.
    assert now.told(LOG4J, None)[-1].factors["kev"] == "yes"


def test_the_same_listing_again_is_no_new_row(engine: Engine) -> None:
    for at in (1, 2, 3):
        record(engine, at, "kev", kev(at, (LOG4J, -100)))
    assert (rows(engine), rows(engine, feed_versions)) == (1, 3)
    assert SqlFeeds(engine).latest("kev") == FeedVersion(f"{3:064}", day(3))


def test_the_same_version_again_is_recorded_once(engine: Engine) -> None:
    this = begin(engine, 1)
    content = ssvc(Point(XZ, "poc", automatable=True, technical_impact="total"))
    for _ in range(2):
        SqlFeeds(engine).record(this, "ssvc", "a" * 64, content)
    assert (rows(engine, ssvc_points), rows(engine, feed_versions)) == (1, 1)


def test_points_hold_from_when_they_were_recorded_and_the_first_ones_all_along(
    engine: Engine,
) -> None:
    record(engine, 1, "ssvc", ssvc(Point(XZ, "none", automatable=False, technical_impact=None)))
    upto = record(
        engine,
        9,
        "ssvc",
        ssvc(
            Point(XZ, "active", automatable=True, technical_impact="total"),
            Point(LOG4J, "poc", automatable=None, technical_impact="partial"),
        ),
    )
    flaws = SqlFeeds(engine).flaws(upto)
    later = {"automatable": "yes", "technical_impact": "total", "likely_exploitable": "yes"}
    assert list(flaws.told(XZ, None)) == [Told(None, {"automatable": "no"}), Told(day(9), later)]
    assert list(flaws.told(LOG4J, None)) == [
        Told(None, {}),
        Told(day(9), {"technical_impact": "partial"}),
    ]


def test_a_score_counts_as_likely_from_the_day_it_reached_the_policys(engine: Engine) -> None:
    record(engine, 1, "epss", epss(1, n1000=0.05, n2000=0.3))
    record(engine, 2, "epss", epss(2, n1000=0.2, n2000=0.3, n3000=0.01))
    upto = record(engine, 3, "epss", epss(3, n1000=0.01, n2000=0.3))
    flaws = SqlFeeds(engine).flaws(upto)

    def likely(name: str, least: float | None = 0.2) -> list[tuple[object, str | None]]:
        told = flaws.told(name, least)
        return [(one.since, one.factors.get("likely_exploitable")) for one in told]

    assert likely("CVE-2024-1000") == [(None, "no"), (day(2), "yes")]  # it fell again: it stays
    assert likely("CVE-2024-2000") == [(None, "yes")]
    assert likely("CVE-2024-3000") == [(None, None), (day(2), "no")]
    assert likely("CVE-2024-4000") == likely("GHSA-x", 0.2) == [(None, None)]
    assert likely("CVE-2024-1000", None) == [(None, None)]
    shown = flaws.shown(["CVE-2024-1000", "CVE-2024-3000"])
    assert shown["CVE-2024-1000"] == ShownRatings(epss=(0.01, 0.5), epss_dated=day(3))
    assert shown["CVE-2024-3000"] == ShownRatings()


def test_a_day_of_scores_is_small_and_comes_back_as_it_was() -> None:
    scores = {
        f"CVE-{year}-{number}": (number % 1000 / 100_000, number % 977 / 1000)
        for year in (2021, 2024)
        for number in range(1000, 21_000)
    }
    body = packed(scores)
    assert len(body) < 8 * len(scores)
    day_of_scores = unpacked(body)
    for name in ("CVE-2021-1000", "CVE-2024-20999", "CVE-2024-1977"):
        assert day_of_scores.of(name) == pytest.approx(scores[name])
    assert day_of_scores.of("CVE-2021-999999") is None
    assert day_of_scores.of("DSA-1-1") is None


def test_reading_takes_a_fixed_number_of_statements(engine: Engine) -> None:
    def asked(names: Iterable[str]) -> int:
        told: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object) -> None:
            told.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            flaws = SqlFeeds(engine).flaws(upto)
            flaws.shown(names)
            for name in names:
                flaws.told(name, 0.5)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(told)

    names = [f"CVE-2024-{number}" for number in range(1000, 1500)]
    record(engine, 1, "kev", kev(1, *((name, 0.0) for name in names)))
    upto = record(engine, 2, "epss", epss(2, n1000=0.6))
    assert asked(names) <= 7
    assert asked(names) <= 2  # nothing new: all of it is still in memory


def test_a_death_between_its_statements_leaves_nothing_and_the_next_pass_makes_it_good(
    engine: Engine,
) -> None:
    def die(_c: object, _u: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO kev_listings"):
            raise KeyboardInterrupt

    this = begin(engine, 1)
    event.listen(engine, "before_cursor_execute", die)
    with pytest.raises(KeyboardInterrupt):
        SqlFeeds(engine).record(this, "kev", "a" * 64, kev(1, (LOG4J, -100)))
    event.remove(engine, "before_cursor_execute", die)
    assert (rows(engine, feed_versions), rows(engine)) == (0, 0)
    SqlFeeds(engine).record(this, "kev", "a" * 64, kev(1, (LOG4J, -100)))
    assert (rows(engine, feed_versions), rows(engine)) == (1, 1)
