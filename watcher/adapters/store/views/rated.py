"""How severe windows are: by their vulnerability, and by folding where packages are rated apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select

from watcher.adapters.store.aliases import members
from watcher.adapters.store.asof import visible
from watcher.adapters.store.engine import among
from watcher.adapters.store.tables.knowledge import assessments
from watcher.adapters.store.tables.ledger import windows
from watcher.domain.package import SEVERITIES, rank
from watcher.ports.store.exposures import ReadWindow

Exact = Mapping[int, frozenset[int]]  # windows by number, for each rank

_UNRATED = len(SEVERITIES) - 1


def severity_rank(column: ColumnElement[str]) -> ColumnElement[int]:
    """A severity as a number, the worst 0."""
    return case(*((column == one, place) for place, one in enumerate(SEVERITIES)), else_=_UNRATED)


def last_assessments(upto: int) -> Select[tuple[int]]:
    """The numbers of the last assessment of each package and vulnerability."""
    newest = select(func.max(assessments.c.id)).where(visible(assessments, upto))
    return newest.group_by(assessments.c.package_id, assessments.c.vulnerability_id)


def ratings(upto: int) -> Subquery:
    """The worst and the mildest rank of each vulnerability among all packages."""
    ranked, merged = severity_rank(assessments.c.severity), members(upto)
    number = func.coalesce(merged.c.number, assessments.c.vulnerability_id)
    return (
        select(
            number.label("vulnerability_id"),
            func.min(ranked).label("worst"),
            func.max(ranked).label("mildest"),
        )
        .select_from(assessments)
        .outerjoin(merged, merged.c.member == assessments.c.vulnerability_id)
        .where(assessments.c.id.in_(last_assessments(upto)))
        .group_by(number)
        .subquery("ratings")
    )


def told_apart(read: Iterable[ReadWindow]) -> Exact:
    """Sort folded windows by the rank that is theirs."""
    found: dict[int, set[int]] = defaultdict(set)
    for window in read:
        found[rank(window.severity)].add(window.number)
    return {place: frozenset(numbers) for place, numbers in found.items()}


def window_rank(rated: Subquery, exact: Exact) -> ColumnElement[int]:
    """The rank of a window: the exact one where it was folded, else that of its vulnerability."""
    of_vulnerability = func.coalesce(rated.c.worst, _UNRATED)
    if not exact:
        return of_vulnerability
    folded = ((among(windows.c.id, numbers), place) for place, numbers in exact.items())
    return case(*folded, else_=of_vulnerability)


def differing(rated: Subquery) -> ColumnElement[bool]:
    """The condition that one rating does not hold for all packages of a vulnerability."""
    return and_(rated.c.worst.is_not(None), rated.c.worst != rated.c.mildest)
