"""The archive of published reports, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import Engine

from tests.contract.store.fleet import day
from watcher.adapters.store.archive import SqlArchive
from watcher.ports.store.archive import About

BODY = b'{"schema": "watcher/report/1"}\n' * 1000
ABOUT = About(day(9), day(8), day(1), known_now=False, figures_version=1, read_upto=None)


def test_what_is_published_comes_back_byte_for_byte(engine: Engine) -> None:
    archive = SqlArchive(engine)
    kept = archive.publish(BODY, ABOUT)
    assert (kept.sha256, kept.size) == (sha256(BODY).hexdigest(), len(BODY))
    assert archive.body(kept.number) == BODY
    assert archive.listed() == [kept]
    assert kept.about == ABOUT


def test_reports_are_listed_as_they_were_published(engine: Engine) -> None:
    archive = SqlArchive(engine)
    later = archive.publish(b"later", replace(ABOUT, published_at=day(11)))
    early = archive.publish(b"early", replace(ABOUT, published_at=day(10)))
    assert archive.listed() == [early, later]


def test_one_who_publishes_what_another_does_at_the_same_time_finds_it(engine: Engine) -> None:
    archives = [SqlArchive(engine)] * 4
    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(lambda one: one.publish(BODY, ABOUT), archives))
    assert len({one.number for one in kept}) == 1


def test_a_report_that_is_not_there_is_a_key_error(engine: Engine) -> None:
    with pytest.raises(KeyError):
        SqlArchive(engine).body(1)
