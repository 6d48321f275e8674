"""Facts of knowledge: its versions, what was matched under each, and the matches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from watcher.domain.alias import Claim
from watcher.domain.interval import Bound
from watcher.domain.knowledge import KnowledgeVersion, MatchEnd
from watcher.domain.package import Finding, Package
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is known of a new version of knowledge when it is adopted."""

    scanner: str
    db_digest: str
    source: str
    updated_at: datetime
    effective_at: datetime
    seen_at: datetime | None = None  # where it was seen before it was put in force


@dataclass(frozen=True, slots=True)
class ContextState:
    """A context with packages in scope.

    `last_version` is the last one under which all of them were matched, None if there was none;
    `new` counts those that take part in no match yet, `packages` all of them.
    """

    number: int
    name: str
    last_version: int | None
    new: int
    packages: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """What knowledge says of a match beside that it exists."""

    severity: str
    severity_source: str | None
    status: str
    fixed_version: str
    # Whether the vulnerability's published date is known: news of its own, and no assessment.
    dated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Appearance:
    """A match that begins: `dated` None where nothing earlier was ever matched."""

    package: int
    finding: Finding
    dated: Bound | None
    lacked_by: int | None  # the version that lacked it


@dataclass(frozen=True, slots=True)
class Disappearance:
    """A match that ends."""

    package: int
    vulnerability: str
    end: Bound
    cause: MatchEnd


@dataclass(frozen=True, slots=True)
class ContextMatch:
    """What a completed match of a context's packages under a version of knowledge changes.

    `whole` says that all packages in scope took part, not only new ones. `joined` take part from
    now on, `left` no longer; `reassessed` are findings whose match goes on under other terms.
    `claims` is all that the findings say of which advisory is which CVE.
    """

    context: int
    last_version: int | None
    whole: bool
    package_count: int
    joined: frozenset[int]
    left: frozenset[int]
    appeared: tuple[Appearance, ...]
    disappeared: tuple[Disappearance, ...]
    reassessed: tuple[tuple[int, Finding], ...]
    claims: frozenset[Claim] = frozenset()


class Matches(Protocol):
    """The record of knowledge and matches."""

    def versions(self) -> list[KnowledgeVersion]:
        """All versions of knowledge, oldest first."""

    def adopt(self, this: PassRecord, stamp: Stamp) -> KnowledgeVersion:
        """Record a new version of knowledge, in force from this pass on."""

    def java_db(self) -> str | None:
        """The digest of the Java database in force."""

    def adopt_java_db(self, this: PassRecord, digest: str) -> None:
        """Record a new Java database, in force for catalogues from this pass on."""

    def contexts(self, since: datetime) -> list[ContextState]:
        """Contexts with packages of images bound now or at some time after `since`."""

    def context(self, number: int, since: datetime) -> ContextState | None:
        """One of them; None where nothing of it is in scope any more."""

    def in_scope(self, context: int, since: datetime, *, only_new: bool) -> dict[int, Package]:
        """The packages of a context, by id, of images bound now or at some time after `since`.

        `only_new` leaves out those that take part in matches already.
        """

    def taking_part(self, context: int) -> dict[int, int | None]:
        """Packages of a context ever matched: the version that had them last, None while on."""

    def held(self, context: int) -> dict[tuple[int, str], Assessment]:
        """The open matches of a context, by package id and vulnerability name."""

    def findings_of(self, context: int) -> Mapping[int, int]:
        """How many open matches each package of a context has; those without any are left out."""

    def findings(self) -> Mapping[int, int]:
        """How many open matches each context has."""

    def record(self, this: PassRecord, version: KnowledgeVersion, match: ContextMatch) -> bool:
        """Record a completed match in one transaction; False where it was recorded meanwhile."""

    def changed(self, this: PassRecord) -> Mapping[str, int]:
        """How many matches a pass `added` and `removed`."""
