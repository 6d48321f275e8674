"""What is stated of a vulnerability is subtracted after matching, and its withdrawal reopens."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.fleet import Fleet, day, exposures
from tests.contract.store.record import begin
from tests.fakes.vex import FakeFeed
from watcher.adapters.store.statements.record import SqlVex
from watcher.adapters.store.tables.vex import vex_statements
from watcher.domain.errors import TransientError
from watcher.domain.vex import Product, StatedPackage, Statement, Status
from watcher.ports.vex import Unread

P = Product(package=StatedPackage("generic", None, "p"))
FIRST = "2026-02-28"  # when the exposure of every test began


def stated(
    *products: Product,
    status: Status = "not_affected",
    made: float = 3,
    by: str = "acme",
    name: str = "V",
) -> Statement:
    return Statement(by, (name,), products or (P,), status, "said", day(made))


@pytest.fixture
def fleet(engine: Engine) -> Fleet:
    """One image of one package, exposed to one vulnerability, and a feed that is silent."""
    fleet = Fleet(feeds=[FakeFeed()])
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": ["V"]})
    fleet.sync(engine, day(0))
    return fleet


def say(fleet: Fleet, *statements: Statement, where: str = "a.json") -> None:
    fleet.feeds[0].put(where, statements)


def told(engine: Engine, at: float) -> list[tuple[Any, ...]]:
    (window,) = exposures(engine, day(at))["windows"]
    return [
        (one["from"][:10], one["to"] and one["to"][:10], one["cause"]) for one in window["episodes"]
    ]


def window(engine: Engine, at: float) -> dict[str, Any]:
    (found,) = exposures(engine, day(at))["windows"]
    return dict(found)


def test_a_statement_ends_when_it_was_read_and_its_withdrawal_reopens(
    engine: Engine, fleet: Fleet
) -> None:
    say(fleet, stated())
    counts = fleet.sync(engine, day(6)).counts
    assert counts["episodes_closed"] == 1
    assert told(engine, 6) == [(FIRST, "2026-03-07", "vex_not_affected")]
    (ended,) = window(engine, 6)["episodes"]
    assert ended["ended_by"].startswith("sha256:")
    before = exposures(engine, day(6))
    fleet.sync(engine, day(8))
    fleet.feeds[0].documents.clear()
    fleet.sync(engine, day(9))
    assert told(engine, 9)[1] == ("2026-03-10", None, None)
    # It may have been withdrawn at any time since the feed was last read.
    assert window(engine, 9)["episodes"][1]["from_not_before"] == "2026-03-09T00:00:00Z"
    assert exposures(engine, day(6)) == before


def test_a_statement_of_the_future_counts_from_then_on(engine: Engine, fleet: Fleet) -> None:
    say(fleet, stated(made=8))
    fleet.sync(engine, day(6))
    assert told(engine, 6) == [(FIRST, None, None)]
    fleet.sync(engine, day(9))
    assert told(engine, 9) == [(FIRST, "2026-03-10", "vex_not_affected")]


def test_a_feed_that_fails_ends_and_reopens_nothing(engine: Engine, fleet: Fleet) -> None:
    say(fleet, stated())
    fleet.sync(engine, day(6))
    settled = told(engine, 6)
    fleet.feeds[0].failure = TransientError("the feed is down")
    report = fleet.sync(engine, day(7))
    assert [(one.stage, one.subject) for one in report.failures] == [("vex", "statements")]
    assert told(engine, 7) == settled
    fleet.feeds[0].failure = None
    fleet.feeds[0].documents["a.json"] = Unread("a.json", "it is no JSON", retry=False)
    assert len(fleet.sync(engine, day(8)).failures) == 1
    assert told(engine, 8) == settled


def test_a_broken_document_leaves_the_others_free_to_change(engine: Engine, fleet: Fleet) -> None:
    say(fleet, stated())
    say(fleet, stated(name="W"), where="b.json")
    fleet.sync(engine, day(6))
    fleet.feeds[0].documents["b.json"] = Unread("b.json", "it is no JSON", retry=False)
    del fleet.feeds[0].documents["a.json"]
    fleet.sync(engine, day(7))
    assert told(engine, 7)[-1][1] is None
    assert [one.location for one in SqlVex(engine).in_force(3)] == ["b.json"]


def test_a_feed_that_is_configured_no_longer_is_withdrawn(engine: Engine, fleet: Fleet) -> None:
    say(fleet, stated())
    fleet.sync(engine, day(6))
    fleet.feeds = []
    fleet.sync(engine, day(7))
    assert told(engine, 7)[-1] == ("2026-03-08", None, None)


def test_the_same_said_again_later_changes_nothing(engine: Engine, fleet: Fleet) -> None:
    say(fleet, stated())
    fleet.sync(engine, day(6))
    with engine.connect() as connection:
        rows = connection.execute(select(vex_statements)).all()
    fleet.sync(engine, day(7))
    with engine.connect() as connection:
        assert connection.execute(select(vex_statements)).all() == rows
    say(fleet, stated(made=7.5))  # the same, dated anew: another statement, and no gap between
    fleet.sync(engine, day(8))
    assert told(engine, 8) == [(FIRST, "2026-03-07", "vex_not_affected")]


def test_what_is_contested_stays_open_and_says_so(engine: Engine, fleet: Fleet) -> None:
    say(fleet, stated(), stated(status="affected", by="vendor"))
    fleet.sync(engine, day(6))
    found = window(engine, 6)
    assert found["open"]
    doubts = {one["author"]: one["doubts"] for one in found["vex"]}
    assert doubts == {"acme": ["does_not_suffice"], "vendor": []}


def test_a_statement_on_another_version_is_flagged_and_ends_nothing(
    engine: Engine, fleet: Fleet
) -> None:
    say(fleet, stated(Product(package=StatedPackage("generic", None, "p", "2"))))
    fleet.sync(engine, day(6))
    (one,) = window(engine, 6)["vex"]
    assert one["doubts"] == ["another_version"]
    assert told(engine, 6) == [(FIRST, None, None)]
    (unused,) = SqlVex(engine).unused(2)
    assert "another version" in unused.why


def test_a_statement_older_than_what_the_database_says_now_is_flagged(
    engine: Engine, fleet: Fleet
) -> None:
    say(fleet, stated(made=-5))
    fleet.sync(engine, day(6))
    (one,) = window(engine, 6)["vex"]
    assert one["doubts"] == ["older_than_match"]
    assert told(engine, 6)[0][2] == "vex_not_affected"


@pytest.mark.parametrize(
    ("product", "ends"),
    [
        (Product("local/shop/api"), True),
        (Product("local/shop/web"), False),
        (Product("local/shop/api", tag="main"), True),
        (Product("local/shop/api", tag="other"), False),
        (Product("local/shop/api", package=P.package), True),
        (Product("local/shop/api", package=StatedPackage("generic", None, "q")), False),
        (Product(), False),
    ],
)
def test_a_statement_ends_what_it_is_about_and_nothing_else(
    engine: Engine,
    fleet: Fleet,
    product: Product,
    ends: bool,  # noqa: FBT001 - the answer
) -> None:
    say(fleet, stated(product))
    fleet.sync(engine, day(6))
    assert (told(engine, 6)[0][2] == "vex_not_affected") is ends
    assert (SqlVex(engine).unused(2) == []) is ends


def test_a_statement_on_an_image_ends_with_it(engine: Engine, fleet: Fleet) -> None:
    (digest,) = {one["episodes"][0]["last_image"] for one in exposures(engine, day(0))["windows"]}
    say(fleet, stated(Product(digest=digest)))
    fleet.sync(engine, day(6))
    fleet.push("shop/api", "main", ["p", "q"], created=day(7))
    fleet.sync(engine, day(8))
    assert told(engine, 8) == [
        (FIRST, "2026-03-07", "vex_not_affected"),
        ("2026-03-09", None, None),
    ]


def test_a_statement_on_an_advisory_is_one_on_its_cve_once_that_is_known(engine: Engine) -> None:
    fleet = Fleet(feeds=[FakeFeed()])
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": ["CVE-2024-1"]})
    fleet.sync(engine, day(0))
    say(fleet, stated(name="GHSA-1"))
    fleet.sync(engine, day(4))
    assert told(engine, 4) == [(FIRST, None, None)]
    assert "no database so far" in SqlVex(engine).unused(2)[0].why
    fleet.learn(day(5), {"p": ["CVE-2024-1"]}, aliases={"CVE-2024-1": ("GHSA-1",)})
    fleet.sync(engine, day(6))
    assert told(engine, 6)[0][2] == "vex_not_affected"
    assert SqlVex(engine).unused(3) == []


def test_what_was_stated_before_an_image_came_is_no_exposure_of_it(
    engine: Engine, fleet: Fleet
) -> None:
    say(fleet, stated())
    fleet.sync(engine, day(6))
    fleet.push("shop/new", "main", ["p"], created=day(7))
    fleet.sync(engine, day(8))
    assert {one["repository"] for one in exposures(engine, day(8))["windows"]} == {"shop/api"}


def test_without_feeds_nothing_is_stated_and_none_was_read(engine: Engine, fleet: Fleet) -> None:
    fleet.feeds = []
    fleet.sync(engine, day(6))
    this = begin(engine, 7)
    assert SqlVex(engine).record(this, {}) == frozenset()
    assert SqlVex(engine).in_force(this.number) == []
    assert SqlVex(engine).unused(this.number) == []
