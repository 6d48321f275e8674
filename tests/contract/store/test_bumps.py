"""The record of plans, tickets and calls signs the port `Bumps`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from tests.contract.store.fleet import Fleet, day
from tests.contract.store.record import begin, begun, rows
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.tables.filing import bump_plans, ticket_intents
from watcher.adapters.store.views import SqlViews
from watcher.domain.ticket import (
    BaseInUse,
    BumpTicket,
    Cause,
    Done,
    Fix,
    Line,
    LineName,
    OwnFinding,
    Rated,
    Remaining,
    Target,
    TicketKey,
    Unknown,
)
from watcher.ports.store.bumps import Remembered, recorded
from watcher.ports.store.ledger import Track

SHOP, PAY = Cause("shop", "local/base/python:3.12"), Cause("pay", "local/base/python:3.12")
API, WEB = (LineName(f"local/shop/{name}:latest", "linux/amd64") for name in ("api", "web"))


def plan(cause: Cause = SHOP, at: float = 1, *fixes: str, **told: Any) -> BumpTicket:  # noqa: ANN401 any field
    """A plan with everything in it that a plan can have."""
    values: dict[str, Any] = {
        "cause": cause,
        "action": "rebuild",
        "base_name": "base/python:3.12",
        "base_reference": "registry.example/base/python:3.12",
        "target": Target("registry.example/base/python:3.12", "sha256:b", day(0)),
        "lines": (
            Line(API, "sha256:a", {"HIGH": 2}, on_base_since=day(-9)),
            Line(WEB, "sha256:c", {"CRITICAL": 1}, done=Done(day(1), "retired")),
        ),
        "fixes": tuple(Fix(one, "HIGH", "openssl", "3", 1, day(0), 1) for one in fixes or "V"),
        "threshold": "HIGH",
        "exposure_days_per_week": 7,
        "oldest_days": 3,
        "scanner": "Trivy 0.74.0",
        "database_time": day(0),
        "as_of": day(at),
        "bases": (BaseInUse("sha256:a", day(-9)),),
        "target_name": "base/python:3.12",
        "remains": (Remaining("W", "LOW", "tar", "no fix known"),),
        "introduces": (Fix("X", "LOW", "zlib"),),
        "unproven": (Remaining("Y", "HIGH", "curl", "changed"),),
        "own": (OwnFinding("Z", "HIGH", "jinja", "3.1", "3.2", ("a", "b")),),
        "next_due": day(30),
        "evidence": ("Base found by layers.",),
        "labels": ("watcher",),
        **told,
    }
    return BumpTicket(**values)


def ticket(cause: Cause = SHOP, generation: int = 1, **told: Any) -> Remembered:  # noqa: ANN401 any field
    """A ticket as it was written on day 1."""
    values: dict[str, Any] = {
        "key": TicketKey(generation, cause),
        "filed_at": day(1),
        "tracker": "tickets",
        "ticket": str(generation),
        "url": f"file:///tickets/{generation}.md",
        "closed_by": None,
        "closed_at": None,
        "written": "f" * 64,
        "written_at": day(1),
        "substance": "s" * 64,
        "action": "rebuild x",
        "lines": plan().lines,
        "listed": {"V": Rated("HIGH"), "W": Rated("CRITICAL", known_exploited=True)},
        "outstanding": {"V": Rated("HIGH")},
        **told,
    }
    return Remembered(**values)


@pytest.fixture
def store(engine: Engine) -> SqlBumps:
    return SqlBumps(engine)


def drawn(engine: Engine) -> list[tuple[Any, ...]]:
    names = ("team", "opened_in", "superseded_in")
    with engine.connect() as connection:
        statement = select(*(bump_plans.c[one] for one in names)).order_by(bump_plans.c.id)
        return [tuple(row) for row in connection.execute(statement)]


# plans


def test_a_plan_comes_back_as_it_was_drawn(engine: Engine, store: SqlBumps) -> None:
    this = begin(engine, 1)
    store.plan(this, [plan(), plan(PAY)])
    assert store.planned(this.number) == [plan(PAY), plan()]


def test_plans_are_read_as_they_stood_after_any_pass(engine: Engine, store: SqlBumps) -> None:
    store.plan(first := begin(engine, 1), [plan(SHOP)])
    store.plan(second := begin(engine, 2), [plan(SHOP, 2, "V", "W"), plan(PAY, 2)])
    store.plan(third := begin(engine, 3), [plan(PAY, 2)])
    fourth = begin(engine, 4)
    told = {one.number: store.planned(one.number) for one in (first, second, third, fourth)}
    assert store.planned(0) == []
    assert told == {
        first.number: [plan(SHOP)],
        second.number: [plan(PAY, 2), plan(SHOP, 2, "V", "W")],
        third.number: [plan(PAY, 2)],
        fourth.number: [plan(PAY, 2)],
    }


def test_plans_come_by_letter_whatever_the_server_thinks_of_letters(
    engine: Engine, store: SqlBumps
) -> None:
    this = begin(engine, 1)
    names = ["a-b", "a_b", "B", "a", "ab", "é"]
    store.plan(this, [plan(Cause(team, "x")) for team in names])
    assert [one.cause.team for one in store.planned(this.number)] == sorted(names)


def test_a_plan_of_the_same_substance_stands_for_a_day(engine: Engine, store: SqlBumps) -> None:
    store.plan(first := begin(engine, 1), [plan(SHOP, 1)])
    second = begin(engine, 1.9)
    before = rows(engine)
    store.plan(second, [plan(SHOP, 1.9, oldest_days=4)])
    assert rows(engine) == before
    assert store.planned(second.number) == [plan(SHOP, 1)]
    store.plan(third := begin(engine, 2), [plan(SHOP, 2, oldest_days=4)])
    assert store.planned(third.number) == [plan(SHOP, 2, oldest_days=4)]
    assert drawn(engine) == [
        ("shop", first.number, third.number),
        ("shop", third.number, None),
    ]


def test_another_substance_is_drawn_at_once(engine: Engine, store: SqlBumps) -> None:
    store.plan(begin(engine, 1), [plan(SHOP, 1)])
    done = replace(plan(SHOP, 1.1), lines=(replace(plan().lines[0], done=Done(day(1))),))
    store.plan(second := begin(engine, 1.1), [done])
    assert store.planned(second.number) == [done]


def test_what_a_plan_cannot_tell_is_told_at_once_too(engine: Engine, store: SqlBumps) -> None:
    store.plan(first := begin(engine, 1), [plan(SHOP, 1)])
    doubtful = plan(SHOP, 1, unknown=(Unknown(API, "not catalogued"),), doubt="not catalogued")
    store.plan(second := begin(engine, 1.1), [doubtful])
    assert store.planned(second.number) == [doubtful]
    assert store.planned(first.number) == [plan(SHOP, 1)]


def test_the_last_plan_of_a_cause_is_found_when_it_stands_no_more(
    engine: Engine, store: SqlBumps
) -> None:
    store.plan(first := begin(engine, 1), [plan(SHOP), plan(PAY)])
    store.plan(begin(engine, 2), [plan(SHOP, 2, "W"), plan(PAY)])
    store.plan(third := begin(engine, 3), [])
    assert store.planned_last(third.number, [SHOP]) == [plan(SHOP, 2, "W")]
    assert store.planned_last(first.number, [SHOP, PAY]) == [plan(PAY), plan(SHOP)]
    assert store.planned_last(third.number, []) == []
    assert store.planned_last(0, [SHOP]) == []
    assert store.planned_last(third.number, [Cause("nobody", "x")]) == []


# what is remembered of tickets


def test_a_ticket_is_remembered_with_all_that_its_text_said(
    engine: Engine, store: SqlBumps
) -> None:
    this = begin(engine, 1)
    assert store.remembered() == []
    store.filed(this, ticket())
    assert store.remembered() == [ticket()]


def test_the_same_ticket_again_is_no_news(engine: Engine, store: SqlBumps) -> None:
    store.filed(begin(engine, 1), ticket())
    later = begin(engine, 2)
    before = rows(engine)
    store.filed(later, ticket())
    assert rows(engine) == before


def test_tickets_come_by_cause_and_generation(engine: Engine, store: SqlBumps) -> None:
    this = begin(engine, 1)
    for number in (10, 2, 1):
        store.filed(this, ticket(generation=number))
    store.filed(this, ticket(PAY))
    keys = [TicketKey(1, PAY), *(TicketKey(number, SHOP) for number in (1, 2, 10))]
    assert [one.key for one in store.remembered()] == keys


def test_a_ticket_is_remembered_as_it_was_after_any_pass(engine: Engine, store: SqlBumps) -> None:
    written = ticket(outstanding={}, written="e" * 64, written_at=day(3))
    closed = replace(written, closed_by="watcher", closed_at=day(4))
    history = [[], [ticket()], [written], [closed], [written]]
    passes = []
    for this, held in zip(begun(engine, 1, 2, 3, 4, 5), history, strict=True):
        for one in held:
            store.filed(this, one)
        passes.append(this)
    assert [store.remembered(this.number) for this in passes] == history
    assert store.remembered() == [written]
    assert store.remembered(0) == []


def test_a_dismissal_is_remembered_and_since_when(engine: Engine, store: SqlBumps) -> None:
    dismissed = ticket(closed_by="person", closed_at=day(1.5))
    store.filed(first := begin(engine, 1), ticket())
    store.filed(second := begin(engine, 2), dismissed)
    store.filed(begin(engine, 3), ticket(generation=2))
    assert store.remembered() == [dismissed, ticket(generation=2)]
    assert store.remembered(second.number) == [dismissed]
    assert store.remembered(first.number) == [ticket()]


def test_what_only_the_tracker_knew_is_remembered_without_a_text(
    engine: Engine, store: SqlBumps
) -> None:
    adopted = Remembered(TicketKey(1, SHOP), "tickets", "7", None, None, None, filed_at=day(1))
    store.filed(first := begin(engine, 1), adopted)
    closed = replace(adopted, closed_by="person", closed_at=day(2))
    store.filed(begin(engine, 2), closed)
    assert store.remembered(first.number) == [adopted]
    assert store.remembered() == [closed]


def test_where_a_ticket_lies_and_that_it_is_gone_is_remembered(
    engine: Engine, store: SqlBumps
) -> None:
    there = ticket(place="4711")
    gone = replace(there, closed_by="person", closed_at=day(2), gone=True)
    store.filed(first := begin(engine, 1), there)
    store.filed(begin(engine, 2), gone)
    assert store.remembered(first.number) == [there]
    assert store.remembered() == [gone]


# calls


def test_a_call_is_unsettled_until_its_answer_is_known(engine: Engine, store: SqlBumps) -> None:
    this = begin(engine, 1)
    keys = [TicketKey(1, SHOP), TicketKey(2, SHOP), TicketKey(1, PAY)]
    one, other, third = (store.intend(this, "tickets", key, "create") for key in keys)
    begun = store.unsettled()
    assert {number: call.key for number, call in begun.items()} == {
        one: keys[0],
        other: keys[1],
        third: keys[2],
    }
    store.settle(this, other)
    assert store.unsettled().keys() == {one, third}
    assert {(call.tracker, call.step, call.at) for call in begun.values()} == {
        ("tickets", "create", day(1))
    }


def test_a_call_is_as_old_as_the_clock_of_the_database_says(
    engine: Engine, store: SqlBumps
) -> None:
    this = begin(engine, 1)
    number = store.intend(this, "tickets", TicketKey(1, SHOP), "create")
    assert timedelta(0) <= store.unsettled()[number].age < timedelta(minutes=5)
    with engine.begin() as connection:
        hour_ago = ticket_intents.c.begun_at - 3600.0
        connection.execute(update(ticket_intents).values(begun_at=hour_ago))
    assert timedelta(hours=1) <= store.unsettled()[number].age < timedelta(minutes=65)
    with engine.begin() as connection:
        connection.execute(update(ticket_intents).values(begun_at=None))
    assert store.unsettled()[number].age > timedelta(days=365)


def test_an_intent_outlives_its_pass_and_is_settled_by_another(
    engine: Engine, store: SqlBumps
) -> None:
    number = store.intend(first := begin(engine, 1), "tickets", TicketKey(1, SHOP), "close")
    assert SqlBumps(engine).unsettled()[number].key == TicketKey(1, SHOP)
    store.settle(second := begin(engine, 2), number)
    store.settle(begin(engine, 3), number)
    with engine.connect() as connection:
        (row,) = connection.execute(select(ticket_intents))
    assert (row.tracker, row.step, row.opened_in, row.closed_in) == (
        *("tickets", "close"),
        *(first.number, second.number),
    )


# since when something is open


def test_what_is_open_is_known_by_track_since_its_start(engine: Engine, store: SqlBumps) -> None:
    fleet = Fleet()
    fleet.push("shop/api", "latest", ["p1", "p2"], created=day(-20))
    fleet.push("shop/web", "latest", ["p1"], created=day(-10))
    fleet.learn(day(-1), {"p1": ["V"], "p2": ["W"]}, {"V": day(-15)})
    fleet.sync(engine, day(0))
    tracks = {one.stream: one.track for one in SqlViews(engine).streams(1)}
    api, web = tracks["local/shop/api:latest"], tracks["local/shop/web:latest"]
    assert store.open_since([api, web], ["V", "W"]) == {
        "V": {api: day(-15), web: day(-10)},
        "W": {api: day(-1)},
    }
    assert store.open_since([Track(api.stream, "linux/arm64")], ["V"]) == {}
    fleet.push("shop/api", "latest", ["p1"], created=day(1))
    fleet.sync(engine, day(2))
    assert store.open_since([api], ["V"]) == {"V": {api: day(-15)}}


# what a report asks for


def told(store: SqlBumps, upto: int, since: float) -> list[tuple[Any, ...]]:
    return [
        (one.plan.cause.team, one.stands, [each.key.generation for each in one.tickets])
        for one in recorded(store, upto, day(since))
    ]


def closing(at: float, generation: int = 1, cause: Cause = SHOP) -> Remembered:
    return ticket(cause, generation, closed_by="watcher", closed_at=day(at))


def history(engine: Engine, store: SqlBumps, *steps: Iterable[Any]) -> None:
    """Make a pass a day: plans and tickets of each."""
    for at, (plans, tickets) in enumerate(steps, 1):
        this = begin(engine, at)
        for one in tickets:
            store.filed(this, one)
        store.plan(this, plans)


def test_a_report_reads_plans_that_stand_and_tickets_closed_since(
    engine: Engine, store: SqlBumps
) -> None:
    history(
        engine,
        store,
        ([plan(SHOP), plan(PAY)], [ticket(SHOP), ticket(PAY)]),
        ([plan(PAY, 1)], [closing(2)]),
        ([], [closing(3, cause=PAY)]),
        ([plan(PAY, 4)], []),
    )
    assert told(store, 1, 0) == [("pay", True, [1]), ("shop", True, [1])]
    assert told(store, 2, 0) == [("pay", True, [1]), ("shop", False, [1])]
    assert told(store, 3, 0) == [("pay", False, [1]), ("shop", False, [1])]
    assert told(store, 4, 2) == [("pay", True, [1])]
    assert told(store, 4, 3) == [("pay", True, [1])]
    assert told(store, 3, 3) == []
    assert told(store, 0, 0) == []


def test_a_plan_without_a_ticket_is_read_while_it_stands(engine: Engine, store: SqlBumps) -> None:
    history(engine, store, ([plan()], []), ([], []))
    assert told(store, 1, 0) == [("shop", True, [])]
    assert told(store, 2, 0) == []


def test_all_generations_of_a_cause_stand_together(engine: Engine, store: SqlBumps) -> None:
    tickets = [closing(0.5, 1), closing(0.7, 2), ticket(generation=3)]
    history(engine, store, ([plan()], tickets))
    assert told(store, 1, 0.6) == [("shop", True, [1, 2, 3])]
