"""Commands that read: what they ask the record for, and what they print of it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.cli.conftest import DIGEST, HEAD, IMAGE, NOON, NOW, TRACK, Desk
from watcher.domain.exposure import Episode
from watcher.domain.interval import Bound
from watcher.domain.reference import Repository
from watcher.ports.store.exposures import AffectedPackage, ReadEpisode, ReadWindow, WindowFilter
from watcher.ports.store.views import (
    Coverage,
    Holding,
    ImageBase,
    KnowledgeDelta,
    ListedPackage,
    Search,
    Unlisted,
)

Captured = pytest.CaptureFixture[str]
PURL = "pkg:deb/debian/openssl@3.0.11-1?arch=amd64"
LISTS = ["streams", "images", "exposures", "knowledge"]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def window(*episodes: Episode) -> ReadWindow:
    package = AffectedPackage(PURL, "3.0.13-1", "fixed", "HIGH", "nvd", NOON)
    told = (ReadEpisode(one, NOON, (package,), None, NOON, None) for one in episodes)
    where = Repository("local", "shop/api")
    return ReadWindow(1, TRACK, where, "tag", "latest", "CVE-2026-1", None, tuple(told))


def episode(start: datetime, end: datetime | None) -> Episode:
    return Episode(
        start=Bound(start),
        end=Bound(end) if end else None,
        cause="remediated" if end else None,
        first_image=DIGEST,
        last_image=DIGEST,
        present=start,
        packages=frozenset({1}),
    )


def test_a_stream_is_a_row_with_its_coverage(desk: Desk, capsys: Captured) -> None:
    assert desk.run("streams") == 0
    heading, row, note = capsys.readouterr().out.splitlines()
    assert heading.split() == (
        ["stream", "platform", "tag", "image", "since", "packages", "open", "covered", "remark"]
    )
    assert row.split() == [
        *("local/shop/api:latest", "linux/amd64", "latest", "0123456789ab"),
        *("2026-03-01T12:00:00Z", "2", "1", "yes", "-"),
    ]
    assert note == "streams: 1; covered: 1 of 1"


def test_json_has_digests_whole_and_says_why_something_is_not_covered(
    desk: Desk, capsys: Captured
) -> None:
    desk.views.judged = {TRACK: Coverage(covered=False, reason="not catalogued yet")}
    desk.views.never = [Unlisted("local/shop/web", "never listed: it is busy")]
    assert desk.run("streams", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["as_of"]) == ("watcher/streams/1", "2026-03-01T13:00:00Z")
    api, web = told["streams"]
    assert (api["name"], api["image"], api["tag_digest"]) == (HEAD.stream, DIGEST, DIGEST)
    assert (api["covered"], api["reason"]) == (False, "not catalogued yet")
    assert (web["name"], web["stream"], web["covered"]) == ("local/shop/web", None, False)
    assert web["reason"] == "never listed: it is busy"
    assert api.keys() == web.keys()


def test_an_image_is_written_as_the_contract_says(desk: Desk, capsys: Captured) -> None:
    assert desk.run("images", "--format", "json") == 0
    (image,) = json.loads(capsys.readouterr().out)["images"]
    assert image == {
        "image": f"local/shop/api@{DIGEST}",
        "platform": "linux/amd64",
        "os": "debian 12.5",
        "packages": 2,
        "direct": False,
        "direct_because": None,
        "covered": True,
        "reason": None,
        "warning": None,
        "streams": ["local/shop/api:latest"],
        "base": None,
        "base_refuted": None,
    }


def test_a_base_that_an_annotation_alone_tells_of_is_named_as_such(
    desk: Desk, capsys: Captured
) -> None:
    base = ImageBase("registry.example/base:1", DIGEST, "annotation", "an annotation alone")
    desk.views.watched = [replace(IMAGE, base=base)]
    desk.run("images")
    assert "registry.example/base:1 (annotation alone)" in capsys.readouterr().out


def test_a_base_that_is_refuted_is_none_and_the_evidence_says_why(
    desk: Desk, capsys: Captured
) -> None:
    refuted = "the annotation names 0123, whose layers the image does not have: it is not believed"
    desk.views.watched = [replace(IMAGE, base=ImageBase(None, None, None, refuted))]
    desk.run("images", "--format", "json")
    (image,) = json.loads(capsys.readouterr().out)["images"]
    assert (image["base"], image["base_refuted"]) == (None, refuted)
    desk.run("images")
    assert "none: annotation refuted" in capsys.readouterr().out


def test_a_line_shows_the_most_precise_tag_of_its_head(desk: Desk, capsys: Captured) -> None:
    head = replace(HEAD, by="version", name="2", tags=("2", "2.0.9", "2.0", "a-nightly-build"))
    desk.views.heads = [head]
    desk.run("streams", "--format", "csv")
    (row,) = rows_of(capsys.readouterr().out)
    assert (row["name"], row["tag"], row["tag_digest"]) == ("local/shop/api#2", "2.0.9", DIGEST)


def test_an_image_is_covered_only_where_all_its_streams_are(desk: Desk, capsys: Captured) -> None:
    desk.views.judged = {}
    desk.run("images", "--format", "csv")
    (row,) = rows_of(capsys.readouterr().out)
    assert row["covered"] == "false"


def test_windows_are_asked_for_as_the_options_say(desk: Desk) -> None:
    options = ["--open", "--stream", "local/shop/api:latest@linux/amd64", "--severity", "high"]
    assert desk.run("exposures", *options, "--vulnerability", "cve-2026-1") == 0
    stream = "local/shop/api:latest@linux/amd64"
    wanted = WindowFilter(
        open_only=True, stream=stream, vulnerability="CVE-2026-1", severity="HIGH"
    )
    assert desk.exposures.asked == [(wanted, 7)]


def test_an_episode_is_a_row_and_a_window_a_document(desk: Desk, capsys: Captured) -> None:
    day = timedelta(days=1)
    desk.exposures.held = [
        window(episode(NOON - 3 * day, NOON - 2 * day), episode(NOON - day, None))
    ]
    assert desk.run("exposures") == 0
    drawn = capsys.readouterr().out.splitlines()
    assert [row.split()[4] for row in drawn[1:3]] == ["closed", "open"]
    assert "pkg:deb/debian/openssl@3.0.11-1 " in f"{drawn[1]} "
    assert drawn[3] == "windows: 1, of which open: 1"
    desk.run("exposures", "--format", "csv")
    first, second = rows_of(capsys.readouterr().out)
    assert (first["cause"], first["to"]) == ("remediated", "2026-02-27T12:00:00Z")
    assert (second["name"], second["to"], second["packages"]) == (HEAD.stream, "", PURL)
    desk.run("exposures", "--format", "json")
    (found,) = json.loads(capsys.readouterr().out)["windows"]
    assert (found["open"], found["covered"], len(found["episodes"])) == (True, True, 2)


def test_the_team_of_a_window_is_its_streams_owner(desk: Desk, capsys: Captured) -> None:
    desk.configure("owners: [{match: 'local/shop/**', team: shop}]")
    desk.exposures.held = [window(episode(NOON, None))]
    desk.run("exposures", "--format", "csv")
    assert [row["team"] for row in rows_of(capsys.readouterr().out)] == ["shop"]


def test_a_finding_is_told_with_what_was_searched(desk: Desk, capsys: Captured) -> None:
    package = ListedPackage("openssl", "3.0.11-1", PURL)
    desk.views.holdings = [
        Holding(TRACK, HEAD.stream, HEAD.repository, DIGEST, package, "CVE-2026-1", NOON, None),
        Holding(TRACK, HEAD.stream, HEAD.repository, DIGEST, package, None, NOON, NOW),
    ]
    assert desk.run("find", "cve-2026-1", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    head, left = told["find"]
    assert (head["stream"], head["image"], head["purl"], head["vulnerability"]) == (
        *("local/shop/api:latest", f"local/shop/api@{DIGEST}"),
        *(PURL, "CVE-2026-1"),
    )
    assert (head["current"], left["current"], left["until"]) == (
        True,
        False,
        "2026-03-01T13:00:00Z",
    )
    search = next(asked for asked in desk.views.asked if isinstance(asked, Search))
    assert search.vulnerability == "cve-2026-1"


def test_nothing_found_is_no_failure_and_says_what_may_hide_it(
    desk: Desk, capsys: Captured
) -> None:
    desk.views.judged = {TRACK: Coverage(covered=False, reason="not catalogued yet")}
    assert desk.run("find", "openssl") == 0
    assert capsys.readouterr().out == (
        "streams watched: 1; hold or are exposed to openssl now: 0; "
        "not covered, so may be affected too: 1 (see watcher streams)\n"
    )


def test_versions_of_knowledge_are_told_with_their_changes(desk: Desk, capsys: Captured) -> None:
    delta = KnowledgeDelta(
        scanner="0.74.0",
        db_digest=DIGEST,
        source="mirror/trivy-db:2",
        updated_at=NOON,
        seen_at=NOW,
        applied_at=NOW,
        effective_at=NOON,
        added=3,
        removed=1,
        first_matched=9,
        contexts=2,
    )
    desk.views.versions = [delta, delta]
    assert desk.run("knowledge", "--format", "json") == 0
    old, new = json.loads(capsys.readouterr().out)["knowledge"]
    assert (old["in_force"], new["in_force"]) == (False, True)
    assert (new["db"], new["matches_added"], new["matches_removed"]) == (DIGEST, 3, 1)
    assert (new["first_matches"], new["contexts_matched"]) == (9, 2)


@pytest.mark.parametrize("command", LISTS)
def test_the_past_is_read_as_it_was_known_then(desk: Desk, capsys: Captured, command: str) -> None:
    at = "2026-03-01T14:00:00+01:00"
    assert desk.run(command, "--as-of", at, "--format", "json") == 0
    assert desk.views.asked[0] == datetime(2026, 3, 1, 13, tzinfo=UTC)
    assert json.loads(capsys.readouterr().out)["as_of"] == "2026-03-01T13:00:00Z"


@pytest.mark.parametrize("command", [*LISTS, "find openssl"])
def test_a_record_without_a_pass_is_empty_and_says_so(
    desk: Desk, capsys: Captured, command: str
) -> None:
    desk.views.last = None
    assert desk.run(*command.split(), "--format", "json") == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["windows" if command == "exposures" else command.removesuffix(" openssl")] == []
    assert err == "watcher: no pass was completed: nothing is known (watcher sync makes one)\n"


@pytest.mark.parametrize("command", [*LISTS, "find openssl"])
def test_reading_never_changes_the_schema(desk: Desk, capsys: Captured, command: str) -> None:
    desk.database.current = None
    assert desk.run(*command.split()) == 3
    assert desk.database.required == [False]
    assert capsys.readouterr().err == "watcher: error: the database is empty: run `watcher sync`\n"


@pytest.mark.parametrize("command", [*LISTS, "find openssl", "doctor"])
def test_every_list_comes_as_csv_with_headings(desk: Desk, capsys: Captured, command: str) -> None:
    desk.run(*command.split(), "--format", "csv")
    (heading, *_) = capsys.readouterr().out.splitlines()
    assert len(heading.split(",")) >= 3


def test_coverage_is_judged_by_the_configured_patience(desk: Desk) -> None:
    desk.configure("stale_after: 3h")
    desk.run("streams")
    assert (7, NOW, timedelta(hours=3)) in desk.views.asked


def test_the_migration_is_told_and_brought_up_to_date(desk: Desk, capsys: Captured) -> None:
    desk.database.current = None
    assert desk.run("db", "current") == 0
    assert capsys.readouterr().out == (
        "sqlite:///watcher.db: migration none, needs 0001: run `watcher db upgrade`\n"
    )
    assert desk.run("db", "upgrade") == 0
    assert capsys.readouterr().out == "sqlite:///watcher.db: migration 0001, up to date\n"
    assert desk.run("db", "current") == 0
    assert capsys.readouterr().out == "sqlite:///watcher.db: migration 0001, up to date\n"
