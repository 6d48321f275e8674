"""The facts under windows, as they stood recorded after a pass, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from tests.integration.store_views.conftest import Fleet, day
from tests.integration.web.streams import small_fleet
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.grounds import SqlGrounds
from watcher.ports.store.exposures import ReadWindow, WindowFilter
from watcher.ports.store.grounds import WindowGrounds


@pytest.fixture
def fleet(engine: Engine) -> Fleet:
    fleet = Fleet(engine)
    small_fleet(fleet)
    return fleet


def window(fleet: Fleet, path: str, upto: int) -> ReadWindow:
    found = SqlExposures(fleet.engine).windows(WindowFilter(), upto)
    return next(one for one in found if one.repository.path == path)


def under(fleet: Fleet, path: str, upto: int = 4) -> WindowGrounds:
    number = window(fleet, path, upto).number
    return SqlGrounds(fleet.engine).under([number], upto)[number]


def test_a_remediated_window_rests_on_two_bindings_one_match_and_two_catalogues(
    fleet: Fleet,
) -> None:
    grounds = under(fleet, "shop/front/api")
    assert [(one.start, one.end, one.reason) for one in grounds.bindings] == [
        (day(0), day(8), "moved"),
        (day(8), None, None),
    ]
    assert [tag.tag for one in grounds.bindings for tag in one.tags] == ["2.0.0-slim", "2.1.0-slim"]
    first = grounds.bindings[0]
    assert (first.recorded.number, first.ended and first.ended.number) == (1, 3)
    (match,) = grounds.matches
    assert match.purl.startswith("pkg:")
    assert (match.image, match.first.effective_at) == (first.image, day(0))
    assert (match.recorded.number, match.lacked_by, match.ended_by) == (1, None, None)
    assert [one.image for one in grounds.catalogues] == [one.image for one in grounds.bindings]
    assert grounds.catalogues[0].recorded.at == day(1)


def test_a_withdrawn_match_names_the_knowledge_that_had_it_and_the_one_that_lacks_it(
    fleet: Fleet,
) -> None:
    by_image = {one.first.effective_at: one for one in under(fleet, "data/etl").matches}
    assert by_image
    found = SqlExposures(fleet.engine).windows(WindowFilter(vulnerability="CVE-2026-2"), 4)
    (number,) = {one.number for one in found}
    (match,) = SqlGrounds(fleet.engine).under([number], 4)[number].matches
    assert match.ended_by is not None
    assert (match.first.effective_at, match.ended_by.effective_at) == (day(0), day(9))
    assert match.end == day(9)


def test_what_was_recorded_later_is_not_told_as_of_a_pass(fleet: Fleet) -> None:
    grounds = under(fleet, "shop/front/api", upto=2)
    (binding,) = grounds.bindings
    assert (binding.end, binding.ended, binding.reason) == (None, None, None)
    assert binding.tags[0].gone_at is None
    assert len(grounds.catalogues) == 1


def test_the_facts_of_many_windows_take_no_more_statements_than_those_of_one(fleet: Fleet) -> None:
    numbers = [one.number for one in SqlExposures(fleet.engine).windows(WindowFilter(), 4)]
    assert len(numbers) > 3
    store = SqlGrounds(fleet.engine)
    with counted(fleet.engine) as one:
        store.under(numbers[:1], 4)
    with counted(fleet.engine) as many:
        found = store.under(numbers, 4)
    assert len(many) == len(one)
    assert found.keys() == set(numbers)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
