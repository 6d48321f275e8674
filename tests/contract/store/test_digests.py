"""The record of digests, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from tests.contract.store.fleet import day
from watcher.adapters.store.digests import SqlDigests


def test_one_is_begun_once(engine: Engine) -> None:
    digests = SqlDigests(engine)
    assert digests.begun("2026-03-02 a", day(1))
    assert not digests.begun("2026-03-02 a", day(2))
    assert digests.begun("2026-03-09 a", day(8))
    digests.sent("2026-03-02 a", day(1))
    assert not digests.begun("2026-03-02 a", day(2))


def test_what_was_surely_not_sent_may_be_begun_again_and_what_was_sent_never(
    engine: Engine,
) -> None:
    digests = SqlDigests(engine)
    digests.begun("a", day(1))
    digests.not_sent("a")
    assert digests.begun("a", day(2))
    digests.sent("a", day(2))
    digests.not_sent("a")
    assert not digests.begun("a", day(3))


def test_of_many_at_once_one_begins(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as threads:
        begun = list(threads.map(lambda _: SqlDigests(engine).begun("a", day(1)), range(8)))
    assert begun.count(True) == 1
