"""Coverage: a stream counts as covered where all its platforms are."""

from __future__ import annotations

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import team_of
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage, StreamHead, Unlisted
from watcher.report.figures.coverage import (
    Sample,
    Watched,
    WatchedStream,
    sample,
    watched_streams,
    written,
)

COVERED = Coverage(covered=True)


def head(
    number: int, platform: str, path: str = "shop/api", *, published: bool = True
) -> StreamHead:
    return StreamHead(
        track=Track(number, platform),
        repository=Repository("local", path),
        by="tag",
        name="latest",
        published=published,
        target="sha256:a",
        image="sha256:b",
        since=day(1),
        not_before=None,
        backfilled=False,
        packages=3,
        open_exposures=0,
    )


def test_a_stream_is_covered_where_each_of_its_platforms_is() -> None:
    heads = [head(1, "linux/amd64"), head(1, "linux/arm64"), head(2, "linux/amd64", "lost/web")]
    coverage = {one.track: COVERED for one in heads}
    assert watched_streams(heads, coverage, [], team_of) == [
        WatchedStream("local/shop/api:latest", "shop"),
        WatchedStream("local/lost/web:latest", None),
    ]
    coverage[Track(1, "linux/amd64")] = Coverage(covered=False, reason="pull refused (401)")
    told = watched_streams(heads, coverage, [], team_of)
    assert [one.reason for one in told] == ["pull refused (401)", None]


def test_a_stream_that_was_never_judged_and_a_repository_never_listed_are_not_covered() -> None:
    told = watched_streams(
        [head(1, "linux/amd64")], {}, [Unlisted("hub/acme", "no such host")], team_of
    )
    assert [one.reason for one in told] == [
        "not judged: it was first seen after this time",
        "no such host",
    ]


def test_bases_are_watched_without_being_streams_of_the_report() -> None:
    base = head(1, "linux/amd64", published=False)
    assert watched_streams([base], {base.track: COVERED}, [], team_of) == []


def test_the_share_of_stream_days_is_over_all_samples() -> None:
    streams = [WatchedStream("a", None, direct=True), WatchedStream("b", None, "stale")]
    assert sample(day(2), streams) == Sample(day(2), 2, 1)
    told = written(Watched(streams, [Sample(day(1), 1, 1), sample(day(2), streams)]))
    assert told == {
        "streams": 2,
        "covered": 1,
        "direct": 1,
        "share": 1 / 2,
        "stream_days_share": 2 / 3,
        "uncovered": [{"stream": "b", "reason": "stale"}],
    }


def test_without_streams_or_samples_there_is_no_share() -> None:
    assert written(Watched(()))["stream_days_share"] is None
    assert written(Watched((), [Sample(day(1), 0, 0)]))["stream_days_share"] is None
