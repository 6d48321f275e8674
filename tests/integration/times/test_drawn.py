"""The report of now is drawn once for a while; whatever it depends on lets it be drawn anew."""

from __future__ import annotations

import json
from datetime import timedelta
from unittest.mock import patch

from sqlalchemy import update

from tests.integration.store_views.conftest import day
from tests.integration.times.conftest import Desk, owner
from watcher.adapters.store.tables.published import drawn_reports
from watcher.reading import management
from watcher.report.figures import management as figures
from watcher.report.times import stamp

HALF_AN_HOUR = timedelta(minutes=30)


def now(desk: Desk, *options: str) -> bytes:
    """The report of now as JSON."""
    return desk.told("report", "--format", "json", *options)


def as_of(told: bytes) -> str:
    return str(json.loads(told)["as_of"])


def test_who_asks_again_within_half_an_hour_is_told_the_same_bytes(desk: Desk) -> None:
    first = now(desk)
    assert as_of(first) == stamp(desk.now)
    desk.now += HALF_AN_HOUR
    assert now(desk) == first
    desk.now += timedelta(seconds=1)
    assert as_of(now(desk)) == stamp(desk.now)


def test_it_is_not_drawn_while_one_is_kept(desk: Desk) -> None:
    first = now(desk)
    with patch.object(management.Draft, "of", side_effect=AssertionError):
        assert now(desk) == first


def test_one_that_is_kept_draws_the_same_page(desk: Desk) -> None:
    pages = [desk.told("report", "--format", "html") for _ in range(2)]
    assert pages[0] == pages[1]


def test_a_pass_lets_it_be_drawn_anew(desk: Desk) -> None:
    now(desk)
    desk.sync(day(13))
    assert as_of(now(desk)) == stamp(day(13))


def test_an_edit_of_the_configuration_lets_it_be_drawn_anew(desk: Desk) -> None:
    assert b"their-own" not in now(desk)
    desk.configure(owners=[owner("local/shop/**", "their-own")])
    assert b"their-own" in now(desk)


def test_what_says_nothing_about_figures_may_change(desk: Desk) -> None:
    first = now(desk)
    desk.now += timedelta(minutes=1)
    desk.configure(trivy={"workers": 3})
    assert now(desk) == first


def test_newer_figures_are_drawn_anew(desk: Desk) -> None:
    now(desk)
    desk.now += timedelta(minutes=1)
    with patch.object(figures, "FIGURES_VERSION", figures.FIGURES_VERSION + 1):
        assert as_of(now(desk)) == stamp(desk.now)


def test_a_period_or_a_past_time_that_is_asked_for_is_drawn_from_the_record(desk: Desk) -> None:
    now(desk)
    desk.now += timedelta(minutes=1)
    with patch.object(management.Draft, "of", wraps=management.Draft.of) as drawn:
        now(desk, "--since", stamp(day(2)))
        now(desk, "--as-of", stamp(desk.now))
        assert drawn.call_count == 2
        now(desk)
        assert drawn.call_count == 2


def test_one_that_is_damaged_is_drawn_anew(desk: Desk) -> None:
    first = now(desk)
    with desk.fleet.engine.begin() as connection:
        connection.execute(update(drawn_reports).values(body=b"no gzip"))
    assert now(desk) == first
