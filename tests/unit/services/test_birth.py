"""A new image is compared once: one that differs is named, and one that does not is not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.unit.domain.days import day
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding
from watcher.ports.store.catalogues import Newborn
from watcher.ports.store.passes import PassRecord
from watcher.services.audit import BirthAudit

VERSION = KnowledgeVersion(1, "0.74.0", "sha256:1", day(1), day(1), day(1))
FOUND = Finding("debian 12", "ssl@1", "CVE-1", "HIGH", "nvd", "fixed", "2")


@dataclass
class Cradle:
    """Signs what the audit needs of the record: one image, with what is derived for it."""

    derived_now: list[Finding]
    db: str = "sha256:1"
    told: list[Sequence[str] | None] = field(default_factory=list)

    def newborn(self, covered: Collection[int]) -> Iterator[Newborn]:
        assert covered == frozenset({7})
        yield Newborn(1, "local/shop/api@sha256:2", self.db, "0.74.0", (FOUND,))

    def derived(self, catalogue: int) -> list[Finding]:
        assert catalogue == 1
        return self.derived_now

    def audited(self, this: PassRecord, catalogue: int, named: Sequence[str] | None) -> None:
        del this, catalogue
        self.told.append(named)

    def take(self) -> list[str]:
        """The subjects of failures."""
        audit = BirthAudit(self)  # type: ignore[arg-type] # what it needs of the record
        outcome = audit.take(PassRecord(1, day(2)), VERSION, frozenset({7}))
        return [one.subject for one in outcome.failures]


def test_an_image_that_differs_is_named() -> None:
    for other in ([], [replace(FOUND, fixed_version="3")], [replace(FOUND, vulnerability="V")]):
        cradle = Cradle(other)
        assert cradle.take() == ["local/shop/api@sha256:2"]
        assert cradle.told[0]


def test_an_image_that_is_derived_as_it_was_found_is_not() -> None:
    cradle = Cradle([FOUND])
    assert cradle.take() == []
    assert cradle.told == [[]]


def test_a_comparison_that_comes_too_late_is_none() -> None:
    cradle = Cradle([], db="sha256:older")
    assert cradle.take() == []
    assert cradle.told == [None]
