"""Coverage: a stream counts as covered where all its platforms are."""

from __future__ import annotations

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import team_of
from watcher.domain.reference import Repository
from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Sampled, Unlisted, WatchedHead
from watcher.report.figures.coverage import (
    Watched,
    WatchedStream,
    watched_streams,
    written,
)

STALE = "pull refused (401)"


def head(
    number: int, platform: str, path: str = "shop/api", reason: str | None = None
) -> WatchedHead:
    return WatchedHead(
        track=Track(number, platform),
        repository=Repository("local", path),
        by="tag",
        name="latest",
        digest="sha256:b",
        since=day(1),
        reason=reason,
        direct=False,
        base=None,
    )


def test_a_stream_is_covered_where_each_of_its_platforms_is() -> None:
    api, web = head(1, "linux/amd64"), head(2, "linux/amd64", "lost/web")
    assert watched_streams([api, head(1, "linux/arm64"), web], [], team_of) == [
        WatchedStream("local/shop/api:latest", "shop"),
        WatchedStream("local/lost/web:latest", None),
    ]
    told = watched_streams([api, head(1, "linux/arm64", reason=STALE), web], [], team_of)
    assert [one.reason for one in told] == [STALE, None]


def test_a_repository_that_was_never_listed_is_not_covered() -> None:
    told = watched_streams(
        [head(1, "linux/amd64")], [Unlisted("hub/acme", "no such host")], team_of
    )
    assert [one.reason for one in told] == [None, "no such host"]


def test_the_share_of_stream_days_is_over_all_samples() -> None:
    streams = [WatchedStream("a", None, direct=True), WatchedStream("b", None, "stale")]
    told = written(Watched(streams, [Sampled(day(1), 1, 1), Sampled(day(2), 2, 1)]))
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
    assert written(Watched((), [Sampled(day(1), 0, 0)]))["stream_days_share"] is None
