"""Jobs with names and contents that strangers chose, kept alike on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event

from tests.contract.store.places import JobPlace, order, sql_place
from watcher.domain.job import Rest

LONG = "x" * 10_000
KEYS = [
    LONG,
    f"{LONG}1",
    f"{LONG}2",
    "é" * 5_000,
    "🦀" * 700,
    "a\0b",
    "a\ufffdb",
    "lone \ud800 half",
    "lone \ufffd half",
    "",
    " ",
    "'; DROP TABLE jobs; --",
    "%s %(key)s :key ?",
]
PAYLOADS = [
    {},
    {"text": "a\0b", "half": "\ud800", "crab": "🦀"},
    {"deep": {"list": [1, 2.5, None, True, {"more": []}]}},
    {"big": 2**80, "long": "y" * 1_000_000},
    {"'": '"', "\\": "\\u0000"},
]


@pytest.fixture
def place(engine: Engine) -> JobPlace:
    return sql_place(engine)


def test_keys_that_cannot_be_kept_whole_are_still_told_apart(place: JobPlace) -> None:
    orders = [order(key, number=number) for number, key in enumerate(KEYS)]
    place.order(0, *orders)
    with place.worker() as worker:
        jobs = place.claim(worker)
        assert [one.payload["number"] for one in jobs] == list(range(len(KEYS)))
        assert len({one.key for one in jobs}) == len(KEYS)
        # What is shown of a key begins as it does.
        assert all(one.key.startswith("x" * 500) for one in jobs[:3])
        place.order(1, *orders)
        assert [place.jobs.finish(one) for one in jobs] == [True] * len(KEYS)
    assert place.jobs.unfinished() == []


def test_a_key_is_the_same_in_each_pass_however_it_is_kept(place: JobPlace) -> None:
    orders = [order(key, number=number) for number, key in enumerate(KEYS)]
    place.order(0, *orders)
    first = place.jobs.unfinished()
    place.order(1, *reversed(orders), eager=True)
    assert place.jobs.unfinished() == first


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_job_is_told_comes_back_as_it_was(
    place: JobPlace, payload: dict[str, object]
) -> None:
    place.order(0, order("a", **payload))
    with place.worker() as worker:
        (job,) = place.claim(worker)
        assert job.payload == (payload or {"key": "a"})
        place.order(1, order("a", **payload))
        assert place.jobs.finish(job)
    assert place.jobs.unfinished() == []


def test_reasons_that_strangers_wrote_are_kept(place: JobPlace) -> None:
    place.order(0, "a")
    with place.worker() as worker:
        (job,) = place.claim(worker)
        reason = f"\0 \ud800 {LONG}"
        assert place.jobs.fail(job, reason, Rest(job.wanted.at, parked=False))
    (left,) = place.jobs.unfinished()
    assert left.reason == f"\ufffd \ufffd {LONG}"


def test_a_huge_queue_is_read_a_claim_at_a_time(place: JobPlace, engine: Engine) -> None:
    place.order(0, *(order(f"job {n}", text="z" * 200) for n in range(3_000)))
    fetched: list[int] = []

    def count(*told: object) -> None:
        fetched.append(str(told[2]).count("payload"))

    with place.worker() as worker:
        event.listen(engine, "before_cursor_execute", count)
        assert len(place.claim(worker, 4)) == 4
        assert place.jobs.pending("match") == 3_000
        event.remove(engine, "before_cursor_execute", count)
        # One statement reads what jobs are told, and it names those that were taken.
        assert sum(map(bool, fetched)) == 1
        assert len(place.claim(worker, 10_000)) == 500


def test_a_claim_costs_the_same_for_any_queue(
    engine: Engine, other_url: str, opening: Callable[[str], Engine]
) -> None:
    def statements(engine: Engine, size: int) -> int:
        place, seen = sql_place(engine), list[object]()
        place.order(0, *(f"job {n}" for n in range(size)))
        with place.worker() as worker:
            event.listen(engine, "before_cursor_execute", lambda *told: seen.append(told))
            for job in place.claim(worker, 3):
                place.jobs.still(job)
                place.jobs.finish(job)
            return len(seen)

    assert statements(engine, 5) == statements(opening(other_url), 2_000)
