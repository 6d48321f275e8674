"""Part of a list of windows: filtered, ordered, counted and cut by the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    or_,
    select,
)

from watcher.adapters.store.aliases import called, merged_into, sole_claims
from watcher.adapters.store.asof import folded_upto, unended, visible
from watcher.adapters.store.engine import among
from watcher.adapters.store.tables.inventory import repositories, streams
from watcher.adapters.store.tables.knowledge import alias_claims, matches, vulnerabilities
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.tables.packages import packages
from watcher.adapters.store.views.rated import (
    Exact,
    differing,
    ratings,
    told_apart,
    window_rank,
)
from watcher.domain.package import rank
from watcher.ports.store.browsing import WindowsFound, WindowsWanted
from watcher.ports.store.exposures import Exposures, WindowFilter

_DAY = 86_400  # seconds
_STREAMS = 1 << 31  # more than a database can number
_FEW = 50  # streams, of which the windows are read by themselves
_NEVER = 1 << 40  # seconds, behind every due time


def read_windows(
    engine: Engine, ledger: Exposures, wanted: WindowsWanted, upto: int
) -> WindowsFound:
    """Count what is wanted, and read the numbers of the part that is shown."""
    with engine.connect() as connection:
        listing = _Listing.of(connection, wanted, folded_upto(connection, upto))
        numbers = listing.rated_apart(connection)
    if numbers:
        read = ledger.windows(WindowFilter(numbers=numbers), upto)
        listing = replace(listing, exact=told_apart(read))
    with engine.connect() as connection:
        total = connection.execute(listing.counted()).one()
        part = tuple(connection.scalars(listing.part()))
        return WindowsFound(total[0], total[1], total[2], total[3], part)


@dataclass(frozen=True, slots=True)
class _Listing:
    """The rows that a list is made from, a window each, and what is known of their severity.

    `flaws` are the numbers of the vulnerability that is asked for; None for all.
    """

    wanted: WindowsWanted
    flaws: frozenset[int] | None
    spans: Subquery
    rated: Subquery
    upto: int
    exact: Exact = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, wanted: WindowsWanted, upto: int) -> _Listing:
        flaws = None
        if wanted.vulnerability is not None:
            # Asked for by itself: neither database guesses how few they are.
            flaws = frozenset(connection.scalars(called(wanted.vulnerability, upto)))
        return cls(wanted, flaws, _spans(wanted, flaws, upto), ratings(upto), upto)

    @property
    def by_severity(self) -> bool:
        """Whether anything asked depends on how severe a window is."""
        wanted = self.wanted
        return bool(wanted.severities or wanted.due or wanted.order in {"due", "severity"})

    @property
    def rows(self) -> FromClause:
        """A row for each window."""
        joined = (
            windows.join(self.spans, self.spans.c.window_id == windows.c.id)
            .join(vulnerabilities, vulnerabilities.c.id == windows.c.vulnerability_id)
            .join(streams, streams.c.id == windows.c.stream_id)
            .join(repositories, repositories.c.id == streams.c.repository_id)
        )
        same = self.rated.c.vulnerability_id == windows.c.vulnerability_id
        return joined.outerjoin(self.rated, same) if self.by_severity else joined

    @property
    def rank(self) -> ColumnElement[int]:
        return window_rank(self.rated, self.exact)

    def rated_apart(self, connection: Connection) -> frozenset[int]:
        """The windows whose vulnerability alone does not tell how severe they are."""
        if not self.by_severity:
            return frozenset()
        apart = select(windows.c.id).select_from(self.rows)
        apart = apart.where(*self._conditions(), differing(self.rated))
        return frozenset(connection.scalars(apart))

    def counted(self) -> Select[tuple[int, int, int, int]]:
        """How many windows, exposures, vulnerabilities and streams there are in all."""
        flaw, stream = windows.c.vulnerability_id, windows.c.stream_id
        both = cast(flaw, BigInteger) * _STREAMS + stream  # neither database counts pairs
        counts = select(func.count(), *(func.count(one.distinct()) for one in (both, flaw, stream)))
        return counts.select_from(self.rows).where(*self._all_conditions())

    def part(self) -> Select[tuple[int]]:
        """The numbers of the windows that are shown."""
        every = select(windows.c.id).select_from(self.rows).where(*self._all_conditions())
        return every.order_by(*self._order()).offset(self.wanted.offset).limit(self.wanted.at_most)

    def _all_conditions(self) -> Iterator[ColumnElement[bool]]:
        yield from self._conditions()
        if self.wanted.severities:
            yield self.rank.in_(sorted(rank(one) for one in self.wanted.severities))
        if self.wanted.due:
            yield self._due()

    def _conditions(self) -> Iterator[ColumnElement[bool]]:
        wanted = self.wanted
        if wanted.numbers is not None:
            yield among(windows.c.id, wanted.numbers)
        if wanted.streams is not None:
            yield among(windows.c.stream_id, wanted.streams)
        if wanted.platform is not None:
            yield windows.c.platform == wanted.platform
        if self.flaws is not None:
            yield among(windows.c.vulnerability_id, self.flaws)
        if wanted.since_before is not None:
            yield self.spans.c.start_at < wanted.since_before
        if wanted.text:
            yield _says(wanted.text, self.upto)

    def _due(self) -> ColumnElement[bool]:
        due, limits = self.wanted.due, self.wanted.limits
        if due is None or due.never:
            return self.rank.not_in([rank(one) for one in limits])
        parts: list[ColumnElement[bool]] = []
        for severity, days in limits.items():
            part = [self.rank == rank(severity)]
            if due.since is not None:
                part.append(self.spans.c.start_at >= due.since - timedelta(days=days))
            if due.before is not None:
                part.append(self.spans.c.start_at < due.before - timedelta(days=days))
            parts.append(and_(*part))
        return or_(false(), *parts)

    def _order(self) -> tuple[ColumnElement[Any], ...]:
        """What comes first; a window's number decides where nothing else does."""
        start, name = self.spans.c.start_at, vulnerabilities.c.name
        stream = (repositories.c.registry, repositories.c.path, streams.c.by, streams.c.name)
        orders: dict[str, tuple[ColumnElement[Any], ...]] = {
            "due": (self._due_at(), self.rank, name, *stream),
            "severity": (self.rank, name, start, *stream),
            "age": (start, name, *stream),
            "newest": (start.desc(), name, *stream),
            "standing": (self.spans.c.lasting.desc(), start.desc(), name, *stream),
            "stream": (*stream, name),
        }
        return (*orders[self.wanted.order], windows.c.id)

    def _due_at(self) -> ColumnElement[int]:
        """When a window is due, in seconds; far away where the policy sets no limit."""
        start = extract("epoch", self.spans.c.start_at)
        limits = self.wanted.limits
        if not limits:
            return literal(_NEVER)
        due = ((self.rank == rank(one), start + days * _DAY) for one, days in limits.items())
        return case(*due, else_=_NEVER)


def _spans(wanted: WindowsWanted, flaws: frozenset[int] | None, upto: int) -> Subquery:
    """The last episode of each window: when it began, and whether it lasts.

    Of a few streams, or of one vulnerability, no other episodes are read.
    """
    of = [episodes.c.window_id.in_(one) for one in _narrowed(wanted, flaws)]
    if wanted.state == "open":
        only = select(episodes.c.window_id, episodes.c.start_at, literal(1).label("lasting"))
        return only.where(visible(episodes, upto), unended(episodes, upto), *of).subquery("spans")
    lasting = func.max(case((unended(episodes, upto), 1), else_=0))
    start = func.max(episodes.c.start_at).label("start_at")
    last = select(episodes.c.window_id, start, lasting.label("lasting"))
    last = last.where(visible(episodes, upto), *of).group_by(episodes.c.window_id)
    return (last.having(lasting == 0) if wanted.state == "closed" else last).subquery("spans")


def _narrowed(wanted: WindowsWanted, flaws: frozenset[int] | None) -> Iterator[Select[tuple[int]]]:
    """The windows of what is asked for, where that is little of all there is."""
    number = select(windows.c.id)
    if wanted.streams is not None and len(wanted.streams) <= _FEW:
        yield number.where(among(windows.c.stream_id, wanted.streams))
    if flaws is not None:
        yield number.where(among(windows.c.vulnerability_id, flaws))


def read_about(connection: Connection, text: str, upto: int) -> frozenset[str]:
    """The vulnerabilities, by name, that concern a package or have an id that holds a text."""
    number = vulnerabilities.c.id
    statement = select(vulnerabilities.c.name).where(or_(*_about(number, text, upto)))
    return frozenset(connection.scalars(statement))


def _says(text: str, upto: int) -> ColumnElement[bool]:
    """The condition that a text is in the names of what a window is about."""
    sign = case((streams.c.by == "tag", ":"), else_="#")
    stream = repositories.c.registry + "/" + repositories.c.path + sign + streams.c.name
    return or_(
        vulnerabilities.c.name.icontains(text, autoescape=True),
        stream.icontains(text, autoescape=True),
        *_about(windows.c.vulnerability_id, text, upto),
    )


def _about(number: ColumnElement[int], text: str, upto: int) -> Iterator[ColumnElement[bool]]:
    """Any of these: a vulnerability concerns a package, or has an id, that holds the text."""
    alias = alias_claims.c.alias
    under = select(alias).where(alias.icontains(text, autoescape=True))
    named = (
        select(matches.c.vulnerability_id)
        .join(packages, packages.c.id == matches.c.package_id)
        .where(packages.c.name.icontains(text, autoescape=True))
    )
    yield number.in_(named)
    yield number.in_(merged_into(named, upto))
    yield number.in_(select(sole_claims(upto, under).c.vulnerability_id))
