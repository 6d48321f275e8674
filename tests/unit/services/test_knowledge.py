"""The knowledge stage: what is adopted, what is refused, and what stays in force meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from tests.fakes.scanner import FakeScanner
from tests.unit.domain.days import day
from watcher.domain.errors import PermanentError, TransientError, WatcherError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.reference import ArtifactReference
from watcher.ports.library import Shelf
from watcher.ports.store.matches import Stamp
from watcher.ports.store.offers import OlderOffer
from watcher.ports.store.passes import PassRecord
from watcher.services.knowledge import KnowledgeOutcome, KnowledgeStage, Sources

DB = [
    ArtifactReference("mirror.invalid", "db", "2"),
    ArtifactReference("source.invalid", "db", "2"),
]
JAVA = [ArtifactReference("mirror.invalid", "java", "1")]


class Offers(FakeArtifacts):
    """Offers a digest at each source, or fails there."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.at: dict[str, str | WatcherError] = {}

    def poll(self, reference: ArtifactReference) -> str:
        self.asked.append(str(reference))
        found = self.at.get(f"{reference.host}/{reference.path}", PermanentError("not there"))
        if isinstance(found, WatcherError):
            raise found
        self.offered = found
        return found


class Shelves(FakeLibrary):
    """Unpacks all but what is broken."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()

    def unpack(self, shelf: Shelf, digest: str, archive: Path) -> None:
        if digest in self.broken:
            raise PermanentError("the archive is cut off")
        super().unpack(shelf, digest, archive)


@dataclass
class Book:
    """Signs what the stage needs of the port `Matches`, in memory."""

    adopted: list[KnowledgeVersion] = field(default_factory=list)
    java: str | None = None
    standing: dict[str, OlderOffer] = field(default_factory=dict)

    def older(self) -> dict[str, OlderOffer]:
        return dict(self.standing)

    def offered(self, this: PassRecord, offer: OlderOffer) -> None:
        del this
        self.standing[offer.source] = offer

    def over(self, this: PassRecord, source: str) -> None:
        del this
        del self.standing[source]

    def versions(self) -> list[KnowledgeVersion]:
        return self.adopted

    def adopt(self, this: PassRecord, stamp: Stamp) -> KnowledgeVersion:
        one = KnowledgeVersion(
            len(self.adopted) + 1,
            stamp.scanner,
            stamp.db_digest,
            stamp.updated_at,
            stamp.effective_at,
            this.at,
        )
        self.adopted.append(one)
        return one

    def java_db(self) -> str | None:
        return self.java

    def adopt_java_db(self, this: PassRecord, digest: str) -> None:
        del this
        self.java = digest


@dataclass
class Desk:
    """The stage with its surroundings."""

    offers: Offers = field(default_factory=Offers)
    library: Shelves = field(default_factory=Shelves)
    scanner: FakeScanner = field(default_factory=FakeScanner)
    book: Book = field(default_factory=Book)
    java: bool = False

    def offer(self, digest: str, updated: float, source: str = "mirror.invalid/db") -> None:
        self.offers.at[source] = digest
        self.library.updated[digest] = day(updated)
        self.scanner.learn(self.library.folder(digest), [])

    def take(self, at: float) -> KnowledgeOutcome:
        sources = Sources(DB, JAVA if self.java else [])
        stage = KnowledgeStage(
            self.offers,
            self.library,
            self.scanner,
            self.book,  # type: ignore[arg-type]
            self.book,
            sources,
        )
        return stage.take(PassRecord(1, day(at)))

    def effective(self) -> list[tuple[str, object]]:
        return [(one.db_digest, one.effective_at) for one in self.book.adopted]


@pytest.fixture
def desk() -> Desk:
    """A desk with one version in force, of day 1, adopted on day 2."""
    made = Desk()
    made.offer("sha256:1", 1)
    made.take(2)
    return made


def test_the_first_database_is_put_in_force(desk: Desk) -> None:
    assert desk.effective() == [("sha256:1", day(1))]
    assert desk.book.adopted[0].applied_at == day(2)


def test_an_unchanged_database_is_not_pulled_again(desk: Desk) -> None:
    outcome = desk.take(3)
    assert (desk.offers.pulls, outcome.changed, outcome.covered) == (1, False, (0,))
    assert len(desk.book.adopted) == 1


def test_a_new_database_takes_effect_at_its_stamp(desk: Desk) -> None:
    desk.offer("sha256:2", 4)
    outcome = desk.take(5)
    assert outcome.changed
    assert desk.effective()[1] == ("sha256:2", day(4))


def test_a_stamp_in_the_future_takes_effect_now(desk: Desk) -> None:
    desk.offer("sha256:2", 9)
    desk.take(5)
    assert desk.effective()[1] == ("sha256:2", day(5))


def test_an_older_database_is_skipped(desk: Desk) -> None:
    desk.offer("sha256:0", 0)
    (failure,) = desk.take(5).failures
    assert "older" in failure.error
    assert len(desk.book.adopted) == 1


def test_an_older_database_of_the_first_source_is_taken_once_it_has_stood_there_for_a_day(
    desk: Desk,
) -> None:
    desk.offer("sha256:0", 0)
    for at in (5, 5.5, 5.99):
        outcome = desk.take(at)
        assert (outcome.changed, outcome.covered) == (False, ())
        assert f"at {day(6):%Y-%m-%dT%H:%M:%SZ}, upstream went back" in outcome.failures[0].error
    outcome = desk.take(6)
    assert (outcome.changed, outcome.failures, outcome.covered) == (True, [], (0,))
    assert desk.effective()[1] == ("sha256:0", day(5))  # when it was first seen there
    assert desk.take(7).failures == []
    assert desk.book.standing == {}
    assert len(desk.book.adopted) == 2


def test_the_day_begins_again_where_the_first_source_offered_another_one_meanwhile(
    desk: Desk,
) -> None:
    desk.offer("sha256:0", 0)
    desk.take(5)
    desk.offer("sha256:1", 1)
    assert desk.take(5.5).failures == []
    desk.offer("sha256:0", 0)
    desk.take(5.6)
    assert not desk.take(6.5).changed
    assert desk.take(6.6).changed


def test_a_source_that_does_not_answer_meanwhile_has_not_taken_its_offer_back(desk: Desk) -> None:
    desk.offer("sha256:0", 0)
    desk.take(5)
    desk.offers.at["mirror.invalid/db"] = TransientError("no route")
    desk.take(5.5)
    desk.offer("sha256:0", 0)
    assert desk.take(6).changed


def test_an_older_database_of_another_source_is_never_taken(desk: Desk) -> None:
    desk.offers.at["mirror.invalid/db"] = TransientError("no route")
    desk.offer("sha256:0", 0, "source.invalid/db")
    for at in (5, 7, 9):
        outcome = desk.take(at)
        assert not outcome.changed
        assert "older" in outcome.failures[0].error
    assert desk.offers.pulls == 2  # it tells its age once


def test_where_a_source_offers_an_older_one_the_next_source_is_asked(desk: Desk) -> None:
    desk.offer("sha256:0", 0)
    desk.offer("sha256:2", 4, "source.invalid/db")
    outcome = desk.take(5)
    assert (outcome.changed, outcome.covered) == (True, (0,))
    assert desk.effective()[1] == ("sha256:2", day(4))


def test_a_mirror_does_not_bring_back_what_upstream_went_back_from(desk: Desk) -> None:
    desk.offer("sha256:2", 4)
    desk.take(5)
    desk.offer("sha256:1", 1)
    desk.take(6)
    assert desk.take(7).changed
    desk.offers.at["mirror.invalid/db"] = TransientError("no route")
    desk.offer("sha256:2", 4, "source.invalid/db")
    assert not desk.take(8).changed
    desk.offer("sha256:2", 4)
    assert desk.take(9).changed  # upstream itself may


def test_a_broken_database_is_named_though_the_next_source_serves(desk: Desk) -> None:
    desk.offer("sha256:3", 4)
    desk.library.broken.add("sha256:3")
    desk.offer("sha256:2", 4, "source.invalid/db")
    outcome = desk.take(5)
    assert (outcome.changed, outcome.covered) == (True, (0,))
    assert ["cut off" in one.error for one in outcome.failures] == [True]


def test_a_new_scanner_reads_the_old_database_before_the_new_one(desk: Desk) -> None:
    desk.scanner.version = "0.75.0"
    desk.offer("sha256:2", 4)
    outcome = desk.take(5)
    told = [(one.scanner, one.db_digest, one.effective_at) for one in desk.book.adopted[1:]]
    assert told == [("0.75.0", "sha256:1", day(5)), ("0.75.0", "sha256:2", day(5))]
    assert outcome.current == desk.book.adopted[-1]


def test_a_new_scanner_that_cannot_open_the_old_database_takes_the_new_one_at_once(
    desk: Desk,
) -> None:
    desk.scanner = FakeScanner("0.75.0")
    desk.offer("sha256:2", 4)
    desk.take(5)
    assert [one.db_digest for one in desk.book.adopted] == ["sha256:1", "sha256:2"]


def test_another_scanner_over_the_same_database_is_news_of_now(desk: Desk) -> None:
    desk.scanner.version = "0.75.0"
    outcome = desk.take(5)
    assert (outcome.changed, desk.offers.pulls) == (True, 1)
    assert desk.effective()[1] == ("sha256:1", day(5))


@pytest.mark.parametrize(
    ("error", "retry"), [(TransientError("no route"), True), (PermanentError("gone"), False)]
)
def test_without_any_source_the_version_in_force_stays(
    desk: Desk, error: WatcherError, *, retry: bool
) -> None:
    desk.offers.at = dict.fromkeys(["mirror.invalid/db", "source.invalid/db"], error)
    outcome = desk.take(5)
    assert (outcome.current, outcome.changed) == (desk.book.adopted[0], False)
    assert outcome.covered == ()
    ((subject, told, again),) = [(one.subject, one.error, one.retry) for one in outcome.failures]
    assert (subject, again) == ("db", retry)
    assert told.startswith(f"{error}; {error}")


def test_without_any_source_another_scanner_reads_the_database_in_force(desk: Desk) -> None:
    desk.scanner.version = "0.75.0"
    desk.offers.at.clear()
    outcome = desk.take(5)
    assert [one.subject for one in outcome.failures] == ["db"]
    assert [one.scanner for one in desk.book.adopted] == ["0.74.0", "0.75.0"]
    assert desk.effective()[1] == ("sha256:1", day(5))


def test_the_next_source_is_asked_where_the_first_does_not_answer(desk: Desk) -> None:
    desk.offers.at["mirror.invalid/db"] = TransientError("no route")
    desk.offer("sha256:2", 4, "source.invalid/db")
    desk.offers.asked.clear()
    outcome = desk.take(5)
    assert desk.offers.asked == ["mirror.invalid/db:2", "source.invalid/db:2"]
    assert (outcome.changed, outcome.failures, outcome.covered) == (True, [], (0,))


def test_a_database_that_cannot_be_unpacked_is_refused_and_pulled_once(desk: Desk) -> None:
    desk.offer("sha256:2", 4)
    desk.library.broken.add("sha256:2")
    for at in (5, 6):
        (failure,) = desk.take(at).failures
        assert not failure.retry
        assert "the archive is cut off" in failure.error
    assert (desk.offers.pulls, len(desk.book.adopted)) == (2, 1)
    desk.offer("sha256:3", 6)
    assert desk.take(7).changed


def test_a_database_that_the_scanner_cannot_open_is_not_put_in_force(desk: Desk) -> None:
    desk.offers.at["mirror.invalid/db"] = "sha256:2"
    desk.library.updated["sha256:2"] = day(4)
    outcome = desk.take(5)
    assert len(outcome.failures) == 1
    assert outcome.current == desk.book.adopted[-1] == desk.book.adopted[0]


def test_a_java_database_that_fails_leaves_the_other_to_be_adopted(desk: Desk) -> None:
    desk.java = True
    desk.offers.at["mirror.invalid/java"] = "sha256:9"
    assert desk.take(3).java_db == "sha256:9"
    desk.offers.at["mirror.invalid/java"] = TransientError("no route")
    desk.offer("sha256:2", 4)
    outcome = desk.take(5)
    assert (outcome.java_db, outcome.changed) == ("sha256:9", True)
    assert [one.subject for one in outcome.failures] == ["java_db"]
