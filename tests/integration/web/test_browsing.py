"""What pages ask of the record, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import Fleet, day
from tests.integration.web.streams import (
    ALPINE_SSL,
    CURL,
    GONE,
    LINE,
    PLATFORMS,
    TAG,
    small_fleet,
)
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.lineages import SqlLineages
from watcher.adapters.store.views.browsing import SqlBrowsing
from watcher.domain.lineage import BaseIdentity
from watcher.domain.policy import DEFAULT
from watcher.domain.reference import Repository
from watcher.ports.store.browsing import DueTimes, ShownBase, WindowsFound, WindowsWanted
from watcher.ports.store.exposures import ReadWindow, WindowFilter

EVERY = WindowsWanted(state="any", limits=DEFAULT.limits, at_most=100)


@pytest.fixture
def browse(engine: Engine) -> SqlBrowsing:
    small_fleet(Fleet(engine))
    return SqlBrowsing(engine)


def upto(browse: SqlBrowsing, at: float = 99) -> int:
    return Fleet(browse.engine).upto(day(at))


def read(browse: SqlBrowsing, found: WindowsFound, at: float = 99) -> list[ReadWindow]:
    """The windows that were found, in their order."""
    wanted = WindowFilter(numbers=frozenset(found.numbers))
    windows = {
        one.number: one for one in SqlExposures(browse.engine).windows(wanted, upto(browse, at))
    }
    return [windows[number] for number in found.numbers]


def test_windows_are_filtered_ordered_and_cut(browse: SqlBrowsing) -> None:
    last = upto(browse)
    whole = browse.windows(EVERY, last)
    assert (whole.windows, whole.vulnerabilities, whole.streams) == (9, 4, 4)
    united = {(one.repository, one.stream, one.vulnerability) for one in read(browse, whole)}
    assert whole.exposures == len(united) == 7
    parts = [browse.windows(replace(EVERY, offset=at, at_most=4), last) for at in (0, 4, 8, 12)]
    assert [number for part in parts for number in part.numbers] == [*whole.numbers]
    assert {part.windows for part in parts} == {9}


def test_orders_say_what_comes_first(browse: SqlBrowsing) -> None:
    def names(order: str) -> list[str]:
        found = browse.windows(replace(EVERY, order=order), upto(browse))  # type: ignore[arg-type]
        return [one.vulnerability[-1] for one in read(browse, found)]

    assert "".join(names("severity")) == "111144423"
    assert "".join(names("due")) == "111144423"
    assert "".join(names("newest"))[:3] == "444"
    assert "".join(names("age"))[-3:] == "444"
    standing = read(browse, browse.windows(replace(EVERY, order="standing"), upto(browse)))
    assert [one.episodes[-1].episode.end is None for one in standing] == [True] * 6 + [False] * 3


@pytest.mark.parametrize("severity", ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"])
def test_a_severity_leaves_the_windows_that_have_it(browse: SqlBrowsing, severity: str) -> None:
    every = read(browse, browse.windows(EVERY, upto(browse)))
    wanted = replace(EVERY, severities=frozenset({severity}))
    found = browse.windows(wanted, upto(browse))
    assert set(found.numbers) == {one.number for one in every if one.severity == severity}


def test_where_packages_of_one_vulnerability_are_rated_apart_each_window_has_its_own(
    engine: Engine,
) -> None:
    fleet, milder = Fleet(engine), fake_package("libssl", "1")
    fleet.push("shop/debian", "latest", [milder])
    fleet.push("shop/alpine", "latest", [ALPINE_SSL])
    fleet.push("shop/both", "latest", [ALPINE_SSL, milder])
    fleet.push("shop/curl", "latest", [CURL])
    fleet.learn(
        day(0),
        [
            Known("openssl", "CVE-2026-1", severity="CRITICAL"),
            Known("libssl", "CVE-2026-1", severity="LOW"),
            Known("curl", "CVE-2026-2", severity="HIGH"),
        ],
    )
    fleet.sync(day(1))
    browse = SqlBrowsing(engine)

    def streams(**asked: object) -> list[str]:
        wanted = replace(EVERY, **asked)  # type: ignore[arg-type]
        found = browse.windows(wanted, upto(browse))
        assert found.windows == len(found.numbers)
        return [one.repository.path for one in read(browse, found)]

    assert sorted(streams(severities=frozenset({"CRITICAL"}))) == ["shop/alpine", "shop/both"]
    assert streams(severities=frozenset({"LOW"})) == ["shop/debian"]
    assert streams(order="severity")[-1] == "shop/debian"
    assert streams(due=DueTimes(never=True)) == ["shop/debian"]
    assert streams(due=DueTimes(since=day(20))) == ["shop/curl"]


def test_due_times_follow_the_policy(browse: SqlBrowsing) -> None:
    every = read(browse, browse.windows(replace(EVERY, state="open"), upto(browse)))
    at = day(12)

    def found(due: DueTimes) -> set[int]:
        wanted = replace(EVERY, state="open", due=due)
        return set(browse.windows(wanted, upto(browse)).numbers)

    late = {
        one.number
        for one in every
        if one.severity in DEFAULT.limits
        and one.episodes[-1].episode.start.at + timedelta(days=DEFAULT.limits[one.severity]) < at
    }
    assert found(DueTimes(before=at)) == late
    assert found(DueTimes(since=at)) | late == {
        one.number for one in every if one.severity in DEFAULT.limits
    }
    assert found(DueTimes(never=True)) == {
        one.number for one in every if one.severity not in DEFAULT.limits
    }


def test_a_list_is_of_the_record_as_it_stood(browse: SqlBrowsing) -> None:
    then = browse.windows(replace(EVERY, state="open"), upto(browse, 2))
    assert (then.windows, then.vulnerabilities) == (6, 3)
    assert all(one.episodes[-1].episode.end is None for one in read(browse, then, 2))
    assert browse.windows(EVERY, 0).windows == 0


def test_texts_are_looked_for_as_they_are(browse: SqlBrowsing) -> None:
    def count(text: str) -> int:
        return browse.windows(replace(EVERY, text=text), upto(browse)).windows

    assert count("cve-2026-4") == count("CURL") == 3
    assert count(LINE) == 2
    assert count("local/data/etl:") == 4
    assert [count(text) for text in ("%", "_", "\\", "nothing")] == [0, 0, 0, 0]


def test_tracks_are_named_also_after_they_ended(browse: SqlBrowsing) -> None:
    tracks = browse.tracks(upto(browse))
    assert {one.stream for one in tracks} >= {LINE, TAG, PLATFORMS, GONE}
    both = browse.tracks(upto(browse), Repository("local", "data/etl"))
    assert [one.track.platform for one in both] == ["linux/amd64", "linux/arm64"]
    assert browse.tracks(0) == []


def test_what_a_stream_pointed_to_is_told_with_the_tags_of_each_image(browse: SqlBrowsing) -> None:
    (track,) = browse.tracks(upto(browse), Repository("local", "shop/front/api"))
    first, second = browse.pointed(track.track, upto(browse))
    assert (first.tags, first.end, first.reason) == (("2.0.0-slim",), day(8), "moved")
    assert (second.tags, second.end, second.catalogued) == (("2.1.0-slim",), None, True)
    (then,) = browse.pointed(track.track, upto(browse, 2))
    assert (then.tags, then.end) == (("2.0.0-slim",), None)


def test_an_image_is_shown_to_whoever_points_to_it(browse: SqlBrowsing) -> None:
    last = upto(browse)
    repository = Repository("local", "shop/front/api")
    (track,) = browse.tracks(last, repository)
    digest = browse.pointed(track.track, last)[0].image
    assert digest is not None
    image = browse.image(repository, digest, last)
    assert image is not None
    assert (image.os, image.packages, image.scanner, image.base) == (
        "debian 12.5",
        2,
        "0.74.0",
        None,
    )
    assert browse.image(Repository("local", "shop/web"), digest, last) is None
    assert browse.image(repository, digest, 0) is None
    (pointing,) = browse.pointing(image.number, last)
    assert (pointing.stream.stream, pointing.until) == (LINE, day(8))
    names = [one.name for one in browse.packages(image.number, last, 0, 10)]
    assert names == ["openssl", "zlib"]
    assert [one.name for one in browse.packages(image.number, last, 1, 10)] == ["zlib"]
    total, findings = browse.findings(image.number, last, 1)
    assert (total, [one.vulnerability for one in findings]) == (2, ["CVE-2026-1"])


def test_what_an_image_is_built_on_is_told_as_it_was_recorded(browse: SqlBrowsing) -> None:
    last = upto(browse)
    (track,) = browse.tracks(last, Repository("local", "shop/web"))
    (pointed,) = browse.pointed(track.track, last)
    assert pointed.image is not None
    image = browse.image(track.repository, pointed.image, last)
    assert image is not None
    claimed = BaseIdentity(None, "hub/debian:12", pointed.image, "annotation", "it says so")
    with Fleet(browse.engine).recording(day(12)) as this:
        SqlLineages(browse.engine).identified(this, {image.number: claimed})
    (pointed,) = browse.pointed(track.track, this.number)
    assert pointed.base == ShownBase(
        name="hub/debian:12",
        digest=pointed.image,
        grade="annotation",
        evidence="it says so",
        watched=False,
        created=None,
        layers=0,
    )
    assert browse.pointed(track.track, last)[0].base is None


def test_a_vulnerability_is_found_in_any_letter_case(browse: SqlBrowsing) -> None:
    last = upto(browse)
    flaw = browse.flaw("cve-2026-2", last)
    assert flaw is not None
    assert (flaw.name, flaw.title, flaw.in_db_at) == ("CVE-2026-2", "a sandbox leaks", day(0))
    assert browse.flaw("CVE-2026-4", upto(browse, 2)) is None
    (jinja,) = browse.concerned(flaw.name, last, 10)
    assert (jinja.name, jinja.context, jinja.current) == ("jinja2", "python-pkg", False)
    (then,) = browse.concerned(flaw.name, upto(browse, 5), 10)
    assert then.current


def test_what_a_vulnerability_matches_changes_for_a_reason(browse: SqlBrowsing) -> None:
    last = upto(browse)
    ((version, change),) = browse.changes("CVE-2026-2", last)
    assert (version.effective_at, change.package, change.what) == (day(9), "jinja2", "ended")
    assert change.reason == "advisory"
    assert browse.changes("CVE-2026-2", upto(browse, 8)) == []
    ((_, began),) = browse.changes("CVE-2026-4", last)
    assert (began.package, began.what) == ("curl", "appeared")


def test_failures_are_those_that_stand(browse: SqlBrowsing) -> None:
    told = [(one.stage, one.error, one.retry) for one in browse.failures(upto(browse))]
    assert told == [("catalog", "it timed out", True), ("inventory", "it is busy", True)]
    (then,) = browse.failures(upto(browse, 2))
    assert (then.since, then.subject.partition("@")[0]) == (day(1), "local/pay/gate")


def test_versions_of_knowledge_are_told_in_their_order(browse: SqlBrowsing) -> None:
    versions = browse.versions(upto(browse))
    assert [one.effective_at for one in versions] == [day(0), day(3), day(9)]
    assert len(browse.versions(upto(browse, 2))) == 1
