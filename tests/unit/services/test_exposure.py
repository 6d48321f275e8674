"""The exposure stage: what it folds, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.unit.domain.days import bound, day
from watcher.domain.exposure import Content, Episode, Held
from watcher.domain.knowledge import Match
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding
from watcher.ports.store.ledger import LedgerCounts, Track, TrackFacts
from watcher.ports.store.passes import PassRecord
from watcher.services.exposure import ExposureStage, folded

V, W = 1, 2
BINDING = Binding(Platform("linux", "amd64"), "a", "a", bound(0))
HISTORY = (Held(BINDING, (Content(frozenset({7})),)),)
MATCHES = {V: {7: [Match(bound(1), None, None)]}, W: {7: [Match(bound(2), None, None)]}}


def facts(asked: frozenset[int] | None) -> TrackFacts:
    return TrackFacts(Track(1, "linux/amd64"), HISTORY, MATCHES, asked)


def test_everything_is_folded_where_bindings_changed() -> None:
    starts = {number: [one.start for one in found] for number, found in folded(facts(None)).items()}
    assert starts == {V: [bound(1)], W: [bound(2)]}


def test_only_what_is_asked_for_is_folded_even_where_nothing_is_left_of_it() -> None:
    assert [one.start for one in folded(facts(frozenset({W})))[W]] == [bound(2)]
    assert folded(facts(frozenset({3}))) == {3: []}


@dataclass
class Book:
    """Signs the port `Ledger`, in memory."""

    batches: list[list[TrackFacts]]
    revised: list[Mapping[int, list[Episode]]] = field(default_factory=list)
    done: list[PassRecord] = field(default_factory=list)

    def pending(self, this: PassRecord) -> Iterator[list[TrackFacts]]:
        del this
        yield from self.batches

    def revise(
        self, this: PassRecord, folded: Sequence[tuple[TrackFacts, Mapping[int, list[Episode]]]]
    ) -> LedgerCounts:
        assert not self.done
        assert this.number == 1
        self.revised += [found for _, found in folded]
        return LedgerCounts(opened=2, closed=1)

    def folded(self, this: PassRecord) -> None:
        self.done.append(this)


def test_every_batch_is_revised_before_the_pass_counts_as_folded() -> None:
    book, this = Book([[facts(None)], [facts(frozenset({V}))]]), PassRecord(1, day(5))
    outcome = ExposureStage(book).take(this)
    assert [sorted(one) for one in book.revised] == [[V, W], [V]]
    assert book.done == [this]
    assert dict(outcome.counts) == {"episodes_opened": 4, "episodes_closed": 2}


def test_nothing_pending_is_folded_too() -> None:
    book = Book([])
    ExposureStage(book).take(PassRecord(1, day(5)))
    assert len(book.done) == 1
