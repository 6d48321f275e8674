"""What was known when: versions of knowledge, and since when a match holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from watcher.domain.interval import Bound

MatchEnd = Literal["knowledge_withdrawn", "detection_change", "vex_not_affected"]
Reason = Literal["advisory", "scanner", "both"]

# How long the first source must have offered an older database until it counts: upstream went back.
ROLLED_BACK: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """A scanner version with a database digest, and since when its answers hold."""

    number: int  # in the order of adoption
    scanner: str
    db_digest: str
    updated_at: datetime
    effective_at: datetime
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """An unbroken run of knowledge versions under which a package matched a vulnerability.

    `first` marks the first run of this pair. `dated` is the effective time of its first version,
    where an earlier completed match of the same package lacked it; None where nothing earlier was
    ever matched, so that the beginning is censored.
    """

    vulnerability: int
    first: bool
    dated: Bound | None
    end: Bound | None = None
    end_cause: MatchEnd | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Since when a vulnerability was known: published (as first recorded), and to the database."""

    published: datetime | None
    in_db_at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """A package matches a vulnerability over [start, end); `end` None while it does.

    `known` is the effective time of the first database that said so, where that was read.
    """

    start: Bound
    end: Bound | None
    end_cause: MatchEnd | None
    known: datetime | None = None


def effective_at(updated_at: datetime, seen_at: datetime, predecessor: datetime | None) -> datetime:
    """Date a database: its own stamp, never in the future, never before its predecessor."""
    stamp = min(updated_at, seen_at)
    return stamp if predecessor is None else max(stamp, predecessor)


def is_older(updated_at: datetime, current: KnowledgeVersion | None) -> bool:
    """Whether a database is older than the one in force.

    A stamp in the future must not make every later database an older one.
    """
    return current is not None and updated_at < min(current.updated_at, current.applied_at)


def reason(before: KnowledgeVersion, now: KnowledgeVersion) -> Reason:
    """What differs between two versions, and so explains why their answers do."""
    if before.scanner == now.scanner:
        return "advisory"
    return "scanner" if before.db_digest == now.db_digest else "both"


def first_step(
    versions: Sequence[KnowledgeVersion], last: int | None, now: KnowledgeVersion
) -> KnowledgeVersion | None:
    """The version to match under before `now` what was last matched under version `last`.

    Where scanner and database are both new, the new scanner is asked about the old database first,
    so that each change has one reason. None where one step is enough, or no such version was ever
    in force.
    """
    before = next((one for one in versions if one.number == last), None)
    if before is None or reason(before, now) != "both":
        return None
    asked = (now.scanner, before.db_digest)
    between = (one for one in versions if before.number < one.number < now.number)
    return next((one for one in between if (one.scanner, one.db_digest) == asked), None)


def match_interval(run: Run, known: Known) -> Match:
    """Date a run: the lag until a database knew of a vulnerability is exposure too.

    The first run reaches back to the published date. A censored run starts there, or when any
    version knew the vulnerability; a run after a withdrawal starts at its own first version.
    """
    if run.dated is None:
        times = [known.in_db_at] if known.published is None else [known.in_db_at, known.published]
        start = Bound(min(times), backfilled=True)
    elif run.first and known.published is not None and known.published < run.dated.at:
        start = Bound(known.published)
    else:
        start = run.dated
    return Match(start, run.end, run.end_cause)


def begun(versions: Sequence[KnowledgeVersion], lacking: int | None, now: int) -> Bound | None:
    """Date a match first seen under version `now`, and last lacked by version `lacking`.

    None where the package was never matched before. Where versions in between were not matched,
    the match may have begun as early as the one that lacked it.
    """
    if lacking is None:
        return None
    by_number = {version.number: version for version in versions}
    return _doubtful(versions, by_number[lacking], by_number[now], by_number[now].effective_at)


def ended(versions: Sequence[KnowledgeVersion], having: int, now: int) -> tuple[Bound, MatchEnd]:
    """Date and explain the end of a match that version `having` had and version `now` lacks."""
    by_number = {version.number: version for version in versions}
    last, first = by_number[having], by_number[now]
    if last.scanner != first.scanner:
        return _doubtful(versions, last, first, first.applied_at), "detection_change"
    return _doubtful(versions, last, first, first.effective_at), "knowledge_withdrawn"


def _doubtful(
    versions: Sequence[KnowledgeVersion],
    last: KnowledgeVersion,
    first: KnowledgeVersion,
    at: datetime,
) -> Bound:
    skipped = any(last.number < version.number < first.number for version in versions)
    return Bound(at, last.effective_at if skipped and last.effective_at < at else None)
