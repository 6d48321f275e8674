"""What stands beside an episode: since when a ticket asked to end it, and since when a base had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.contract.store.bases import Yard
from tests.contract.store.fleet import day
from tests.contract.store.record import bound
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.ledger import SqlLedger
from watcher.domain.ticket import Cause, Done, Line, LineName, Rated, TicketKey
from watcher.ports.store.bumps import Remembered
from watcher.ports.store.exposures import ReadEpisode, WindowFilter
from watcher.ports.store.passes import PassRecord
from watcher.services.exposure import ExposureStage

PYTHON, API, WEB = "base/python:3.12", "shop/api:latest", "shop/web:latest"
SHOP = Cause("shop", "local/base/python:3.12")


@pytest.fixture
def yard(engine: Engine) -> Yard:
    return Yard(engine)


@pytest.fixture
def first(yard: Yard) -> PassRecord:
    """Both apps stand on a base with a flaw; one has a flaw of its own."""
    this = yard.begin(1)
    yard.make(this, "old", {"libc": ["libc-old"]})
    yard.make(this, "api", {"app": ["jinja"]}, on="old")
    yard.make(this, "web", {"page": []}, on="old")
    yard.point(this, PYTHON, bound("old", -9), published=False)
    yard.point(this, API, bound("api", -5))
    yard.point(this, WEB, bound("web", -4))
    return taken(yard, this, KNOWN)


def taken(
    yard: Yard, this: PassRecord, found: Mapping[str, Sequence[str]], *filed: Remembered
) -> PassRecord:
    """Catalogue, match, fold, identify and file, as a pass does."""
    yard.catalog(this)
    yard.match(this, found)
    ExposureStage(SqlLedger(yard.engine)).take(this)
    yard.identify(this)
    for one in filed:
        SqlBumps(yard.engine).filed(this, one)
    yard.finish(this)
    return this


KNOWN = {"libc-old": ["V"], "jinja": ["J"]}


def rebuilt(
    yard: Yard, at: float, *packages: str, found: Mapping[str, Sequence[str]] = KNOWN
) -> PassRecord:
    """The base's tag moved to an image with these packages half a day before the pass."""
    this = yard.begin(at)
    yard.make(this, f"base {at}", {f"layer {at}": packages})
    yard.move(this, PYTHON, f"base {at}", at - 0.5, published=False)
    return taken(yard, this, found)


def episodes(yard: Yard, upto: PassRecord, vulnerability: str = "V") -> dict[str, ReadEpisode]:
    """The last episode of each stream."""
    wanted = WindowFilter(vulnerability=vulnerability)
    return {
        f"{one.repository.path}:{one.stream}": one.episodes[-1]
        for one in SqlExposures(yard.engine).windows(wanted, upto.number)
    }


def fixed(yard: Yard, upto: PassRecord, vulnerability: str = "V") -> dict[str, datetime | None]:
    return {
        name: one.base_fix_available for name, one in episodes(yard, upto, vulnerability).items()
    }


# base_fix_available


def test_a_base_is_fixed_from_when_its_head_is_without_it(yard: Yard, first: PassRecord) -> None:
    assert fixed(yard, first) == {API: None, WEB: None}
    still = rebuilt(yard, 2, "libc-old")
    assert fixed(yard, still) == {API: None, WEB: None}
    this = rebuilt(yard, 3, "libc-new")
    assert fixed(yard, this) == {API: day(2.5), WEB: day(2.5)}


def test_what_was_known_then_is_told_as_it_was_known_then(yard: Yard, first: PassRecord) -> None:
    this = rebuilt(yard, 3, "libc-new")
    assert fixed(yard, first) == {API: None, WEB: None}
    assert fixed(yard, this)[API] == day(2.5)


def test_no_base_fixes_what_an_image_brought_itself(yard: Yard, first: PassRecord) -> None:
    assert fixed(yard, first, "J") == {API: None}
    this = rebuilt(yard, 3, "libc-new")
    assert fixed(yard, this, "J") == {API: None}


@pytest.mark.usefixtures("first")
def test_a_head_that_is_not_known_yet_fixes_nothing(yard: Yard) -> None:
    this = yard.begin(3)
    yard.make(this, "new", {"libc2": ["libc-new"]})
    yard.move(this, PYTHON, "new", 2.5, published=False)
    ExposureStage(SqlLedger(yard.engine)).take(this)
    assert fixed(yard, this) == {API: None, WEB: None}
    later = taken(yard, yard.begin(4), KNOWN)
    assert fixed(yard, later) == {API: day(2.5), WEB: day(2.5)}


@pytest.mark.usefixtures("first")
def test_a_base_that_was_fixed_before_anybody_knew_is_fixed_from_the_start(yard: Yard) -> None:
    this = rebuilt(yard, 3, "libc-new", found={**KNOWN, "libc-old": ["V", "late"]})
    assert episodes(yard, this, "late")[API].episode.start.at == day(3)
    assert fixed(yard, this, "late") == {API: day(3), WEB: day(3)}


@pytest.mark.usefixtures("first")
def test_the_first_fix_counts_though_a_later_base_has_it_again(yard: Yard) -> None:
    rebuilt(yard, 3, "libc-new")
    this = rebuilt(yard, 5, "libc-old")
    assert fixed(yard, this) == {API: day(2.5), WEB: day(2.5)}


@pytest.mark.usefixtures("first")
def test_a_fix_that_came_after_the_end_is_none(yard: Yard) -> None:
    this = yard.begin(2)
    yard.make(this, "clean", {"scratch": ["tar"]})
    yard.move(this, WEB, "clean", 1.5)
    taken(yard, this, KNOWN)
    later = rebuilt(yard, 3, "libc-new")
    assert fixed(yard, later) == {API: day(2.5), WEB: None}
    assert episodes(yard, later)[WEB].episode.cause == "remediated"


@pytest.mark.usefixtures("first")
def test_a_stream_that_moved_to_the_fixed_base_keeps_when_that_was_there(yard: Yard) -> None:
    rebuilt(yard, 3, "libc-new")
    this = yard.begin(6)
    yard.make(this, "web 2", {"page": []}, on="base 3")
    yard.move(this, WEB, "web 2", 5.5)
    taken(yard, this, KNOWN)
    found = episodes(yard, this)[WEB]
    assert found.episode.end is not None
    assert (found.base_fix_available, found.episode.end.at) == (day(2.5), day(5.5))


@pytest.mark.usefixtures("first")
def test_a_withdrawn_match_of_the_base_counts_as_no_longer_matched(yard: Yard) -> None:
    this = taken(yard, yard.begin(2), {"jinja": ["J"]})
    assert episodes(yard, this)[API].episode.end is not None
    assert fixed(yard, this) == {API: None, WEB: None}


@pytest.mark.usefixtures("first")
def test_without_milestones_nothing_beside_the_ledger_is_read(yard: Yard) -> None:
    this = rebuilt(yard, 3, "libc-new")
    read: list[str] = []
    event.listen(yard.engine, "before_cursor_execute", lambda *told: read.append(told[2]))
    wanted = WindowFilter(milestones=False)
    (window, *_) = SqlExposures(yard.engine).windows(wanted, this.number)
    assert window.episodes[-1].base_fix_available is None
    assert not [one for one in read if "ticket_texts" in one or "base_identities" in one]


# ticketed


def ticket(this: PassRecord, *lines: str, **told: Any) -> Remembered:  # noqa: ANN401 any field
    """A ticket as written by a pass, with these streams to do."""
    values: dict[str, Any] = {
        "key": TicketKey(1, SHOP),
        "tracker": "t",
        "ticket": "1",
        "url": None,
        "closed_by": None,
        "closed_at": None,
        "written": f"{this.number:064}",
        "written_at": this.at,
        "lines": tuple(line(one) for one in lines),
        "listed": {"V": Rated("HIGH")},
        "outstanding": {"V": Rated("HIGH")},
        **told,
    }
    return Remembered(**values)


def line(name: str, done: Done | None = None) -> Line:
    return Line(LineName(f"local/{name}", "linux/amd64"), "sha256:a", {"HIGH": 1}, done=done)


def ticketed(yard: Yard, upto: PassRecord, vulnerability: str = "V") -> dict[str, Any]:
    return {name: one.ticketed for name, one in episodes(yard, upto, vulnerability).items()}


def test_an_exposure_is_ticketed_since_a_text_asked_to_end_it(
    yard: Yard, first: PassRecord
) -> None:
    store, second = SqlBumps(yard.engine), yard.begin(2)
    store.filed(second, ticket(second, WEB))
    third = yard.begin(3)
    store.filed(third, ticket(third, WEB, API))
    assert ticketed(yard, first) == {API: None, WEB: None}
    assert ticketed(yard, second) == {API: None, WEB: day(2)}
    assert ticketed(yard, third) == {API: day(3), WEB: day(2)}
    assert ticketed(yard, third, "J") == {API: None}


@pytest.mark.usefixtures("first")
def test_what_a_ticket_asked_before_an_episode_began_counts_from_its_start(yard: Yard) -> None:
    store, second = SqlBumps(yard.engine), yard.begin(2)
    outstanding = {"V": Rated("HIGH"), "late": Rated("HIGH")}
    store.filed(second, ticket(second, WEB, outstanding=outstanding))
    third = taken(yard, yard.begin(3), {**KNOWN, "libc-old": ["V", "late"]})
    assert ticketed(yard, third, "late") == {API: None, WEB: day(3)}


@pytest.mark.usefixtures("first")
def test_a_line_that_was_done_before_asks_for_nothing(yard: Yard) -> None:
    store, second = SqlBumps(yard.engine), yard.begin(2)
    done = (line(WEB, Done(day(1.5))), line(API))
    store.filed(second, ticket(second, lines=done))
    assert ticketed(yard, second) == {API: day(2), WEB: None}


@pytest.mark.usefixtures("first")
def test_a_ticket_of_the_past_does_not_ticket_what_comes_back(yard: Yard) -> None:
    store = SqlBumps(yard.engine)
    second = yard.begin(2)
    store.filed(second, ticket(second, WEB))
    third = yard.begin(3)
    yard.make(third, "clean", {"scratch": ["tar"]})
    yard.move(third, WEB, "clean", 2.5)
    closed = ticket(third, lines=(line(WEB, Done(day(3))),), outstanding={})
    taken(yard, third, KNOWN, closed)
    fourth = yard.begin(4)
    yard.move(fourth, WEB, "web", 3.5)
    taken(yard, fourth, KNOWN)
    wanted = WindowFilter(stream=f"local/{WEB}", vulnerability="V")
    (window,) = SqlExposures(yard.engine).windows(wanted, fourth.number)
    before, again = window.episodes
    assert (before.ticketed, again.ticketed) == (day(2), None)
    fifth = yard.begin(5)
    next_one = ticket(fifth, WEB, key=TicketKey(2, SHOP), ticket="2")
    store.filed(fifth, next_one)
    assert ticketed(yard, fifth)[WEB] == day(5)


@pytest.mark.usefixtures("first")
def test_texts_of_many_tickets_are_read_apart(yard: Yard) -> None:
    store, second = SqlBumps(yard.engine), yard.begin(2)
    other = {"key": TicketKey(1, Cause("web", SHOP.lineage)), "ticket": "2"}
    store.filed(second, ticket(second, API))
    third = yard.begin(3)
    store.filed(third, ticket(third, WEB, **other))
    store.filed(third, ticket(third, API, action="again"))
    assert ticketed(yard, third) == {API: day(2), WEB: day(3)}
