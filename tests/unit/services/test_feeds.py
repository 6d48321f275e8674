"""The stage of feeds: what is new is recorded, and what fails changes nothing and is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import cast

from watcher.domain.errors import AttemptError, PermanentError, TransientError
from watcher.ports.feeds import Content, FeedName, Listings
from watcher.ports.store.feeds import NO_FLAWS, FeedVersion, Flaws
from watcher.ports.store.passes import PassRecord
from watcher.services.feeds import FeedStage

THIS = PassRecord(7, datetime(2026, 3, 1, tzinfo=UTC))


@dataclass
class Source:
    """A feed whose content is the day of March that it is of."""

    name: FeedName
    content: bytes | AttemptError
    parsed: int = 0

    def fetch(self) -> bytes:
        if isinstance(self.content, AttemptError):
            raise self.content
        return self.content

    def parse(self, content: bytes) -> Content:
        self.parsed += 1
        if not content.isdigit():
            raise PermanentError(f"feed {self.name} cannot be used: it is cut")
        return Listings(datetime(2026, 3, int(content), tzinfo=UTC), ())


@dataclass
class Store:
    """Signs `FeedRecords`, as far as the stage asks."""

    recorded: list[tuple[FeedName, str, Content]] = field(default_factory=list)

    def latest(self, name: FeedName) -> FeedVersion | None:
        found = [(sha, content) for feed, sha, content in self.recorded if feed == name]
        return FeedVersion(found[-1][0], found[-1][1].dated) if found else None

    def record(self, this: PassRecord, name: FeedName, sha256: str, content: Content) -> None:
        assert this == THIS
        self.recorded.append((name, sha256, content))

    def flaws(self, upto: int) -> Flaws:
        del upto
        return NO_FLAWS


def test_a_feed_is_recorded_with_the_hash_of_its_bytes_and_only_where_they_are_new() -> None:
    source, store = Source("kev", b"1"), Store()
    for _ in range(3):
        assert FeedStage([source], store).take(THIS).failures == []
    assert [sha for _, sha, _ in store.recorded] == [sha256(b"1").hexdigest()]
    assert source.parsed == 1


def test_a_feed_that_fails_changes_nothing_is_named_and_leaves_the_others_alone() -> None:
    store = Store()
    gone = TransientError("feed epss could not be read: try again")
    sources = [Source("epss", gone), Source("kev", b"cut"), Source("ssvc", b"1")]
    failures = FeedStage(sources, store).take(THIS).failures
    assert [(one.stage, one.subject, one.retry) for one in failures] == [
        ("knowledge", "feeds.epss", True),
        ("knowledge", "feeds.kev", False),
    ]
    assert [name for name, _, _ in store.recorded] == ["ssvc"]


def test_an_older_feed_is_skipped_and_said() -> None:
    store = Store()
    FeedStage([Source("kev", b"5")], store).take(THIS)
    (failure,) = FeedStage([Source("kev", b"4")], store).take(THIS).failures
    assert failure.error == (
        "feed kev is of 2026-03-04, older than what was recorded of 2026-03-05: "
        "skipped, nothing changes"
    )
    assert len(store.recorded) == 1


def test_without_feeds_nothing_is_asked() -> None:
    assert FeedStage([], cast("Store", None)).take(THIS).failures == []
