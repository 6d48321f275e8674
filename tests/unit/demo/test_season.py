"""The season as it is told: its tables agree with each other, and what follows from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from watcher.demo.play import close_by_hand, tickets_in
from watcher.demo.season import DAYS, season
from watcher.demo.season.advisories import flaws, news
from watcher.demo.season.archive import library_version, system_version
from watcher.demo.season.bases import BASES, base
from watcher.demo.season.services import SERVICES, STREAMS
from watcher.demo.season.teams import TEAMS
from watcher.demo.story import Chapter, Content, Story
from watcher.demo.workshop import Image, Index, LanguageAdvisory, OsAdvisory

START = datetime(2026, 3, 2, tzinfo=UTC)


@cache
def told() -> Story:
    return season(START)


def images_of(content: Content) -> list[Image]:
    return list(content.images) if isinstance(content, Index) else [content]


def chapter_of(day: float) -> Chapter:
    return next(one for one in told().chapters if one.day == day)


def test_the_fleet_is_of_the_size_that_the_demo_promises() -> None:
    assert (len(SERVICES), len(BASES), len(STREAMS)) == (12, 12, 30)
    assert {one.system.bucket for one in BASES} == {"debian 12", "debian 11", "alpine 3.19"}
    assert {one.team for one in SERVICES} == set(TEAMS)
    assert {stream.base.name for stream in STREAMS} == {one.name for one in BASES}


def test_every_flaw_is_in_a_package_that_somebody_has() -> None:
    sources = {(one.system.bucket, name) for one in BASES for name in one.sources(0)}
    libraries = {(one.index, name) for one in SERVICES for name in one.libraries}
    libraries |= {tool for one in BASES for tool in one.tools}
    named = {(where, flaw.package) for flaw in flaws() for where in flaw.where}
    assert named <= sources | libraries


def test_no_version_with_a_fix_is_given_twice() -> None:
    given = [
        (where, flaw.package, version)
        for flaw in flaws()
        for where, version in flaw.where.items()
        if version is not None
    ]
    assert len(given) == len(set(given))


def test_a_package_has_the_newest_version_that_was_out() -> None:
    debian = base("debian:12-slim").system
    assert system_version(debian, "openssl", 0) == "3.0.11-1~deb12u2"
    assert system_version(debian, "openssl", 10) == "3.0.13-1~deb12u1"
    assert system_version(debian, "openssl", DAYS) == "3.0.16-1~deb12u1"
    assert library_version("pypi", "setuptools", 55) == "65.5.1"
    assert library_version("pypi", "setuptools", 57) == "70.0.0"
    assert library_version("pypi", "setuptools", 79) == "78.1.1"


def test_a_database_tells_of_fixes_only_when_they_are_out() -> None:
    def said(day: float, package: str) -> list[str | None]:
        return [
            one.fixed_version
            for one in news(START, day).advisories
            if isinstance(one, OsAdvisory) and one.package == package
        ]

    assert said(65, "ncurses") == [None, None]
    assert said(66, "ncurses") == ["6.4-4+deb12u1", "6.2+20201114-2+deb11u3"]
    assert said(7, "busybox") == []  # Alpine tells of nothing that is not fixed
    assert said(8, "busybox") == ["1.36.1-r16"]


def test_a_database_of_libraries_gives_ranges() -> None:
    found = [
        one
        for one in news(START, 60).advisories
        if isinstance(one, LanguageAdvisory) and one.package == "setuptools"
    ]
    assert [one.vulnerable_versions for one in found] == [(">=66.0, <78.1.1",)]


def test_passes_are_at_most_four_days_apart_and_end_on_the_last_day() -> None:
    days = [one.day for one in told().chapters]
    assert (days[0], days[-1], len(days)) == (0, DAYS, 41)
    assert {after - before for before, after in pairwise(days)} == {2, 4}


def test_every_image_was_created_before_the_pass_that_sees_it() -> None:
    for before, chapter in pairwise(told().chapters):
        for tag, content in chapter.pushes.items():
            for image in images_of(content):
                assert image.created is not None
                day = (image.created - START) / timedelta(days=1)
                back = tag == ("shop/api", "main") and chapter.day == 80  # the rollback
                assert back or before.day - 0.1 <= day < chapter.day, (tag, chapter.day)


def test_an_image_is_its_base_and_layers_of_its_own() -> None:
    first = chapter_of(0).pushes
    (python,), (api,) = (
        images_of(first["base/python", "3.12-slim"]),
        images_of(first["shop/api", "2.4.0"]),
    )
    assert api.layers[: len(python.layers)] == python.layers
    assert len(api.layers) > len(python.layers)
    assert api.annotations["org.opencontainers.image.base.digest"] == python.digest


def test_ops_never_moves() -> None:
    moved = [tag for one in told().chapters[1:] for tag in one.pushes if tag[0].startswith("ops/")]
    assert moved == []


def test_a_rollback_puts_an_older_image_back() -> None:
    tag = ("shop/api", "main")
    pushed = [one.pushes[tag] for one in told().chapters if tag in one.pushes]
    digests = [content.digest for content in pushed]
    (twice,) = {digest for digest in digests if digests.count(digest) > 1}
    assert chapter_of(80).pushes[tag].digest == twice
    assert chapter_of(86).pushes[tag].digest != twice


def test_the_story_is_the_same_whenever_it_is_told() -> None:
    again = season(START)
    for one, other in zip(told().chapters, again.chapters, strict=True):
        assert one.title == other.title
        assert {tag: content.digest for tag, content in one.pushes.items()} == {
            tag: content.digest for tag, content in other.pushes.items()
        }


def test_a_title_fits_beside_the_figures() -> None:
    assert max(len(one.title) for one in told().chapters) <= 80


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    for number, state in ((1, "closed"), (2, "open"), (10, "open")):
        text = f"---\nkey: {number}:ops:base\ntitle: a\nstate: {state}\n---\nstate: open is open\n"
        (tmp_path / f"{number}.md").write_text(text)
    return tmp_path


def test_tickets_are_sorted_by_state_and_number(tickets: Path) -> None:
    found = {state: [path.stem for path in paths] for state, paths in tickets_in(tickets).items()}
    assert found == {"open": ["2", "10"], "closed": ["1"]}


def test_a_person_closes_a_ticket_by_its_state(tickets: Path) -> None:
    close_by_hand(tickets, "2:ops:base")
    assert "state: closed\n---" in (tickets / "2.md").read_text()
    assert "state: open\n---" in (tickets / "10.md").read_text()


@pytest.mark.parametrize("key", ["1:ops:base", "3:ops:base"])
def test_a_story_that_does_not_hold_is_an_error(tickets: Path, key: str) -> None:
    with pytest.raises(ValueError, match="the story does not hold"):
        close_by_hand(tickets, key)
