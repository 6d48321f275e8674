"""What is stated of a window, with what is doubtful about each statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from watcher.adapters.store.statements.covering import covers
from watcher.domain.exposure import Episode
from watcher.domain.vex import Place, concerns
from watcher.ports.store.exposures import Doubt, ShownStatement
from watcher.ports.store.vex import RecordedStatement


def shown(
    stated: Sequence[RecordedStatement],
    places: Sequence[Place],
    episode: Episode,
    newest: datetime | None,
) -> tuple[ShownStatement, ...]:
    """The statements in force about what matched last, the newest first.

    `places` are those of the packages of the last episode, `newest` is when knowledge last changed
    what it says of the match.
    """
    about = [
        one
        for one in stated
        if one.end is None
        and any(concerns(product, place) for product in one.statement.products for place in places)
    ]
    ordered = sorted(about, key=lambda one: (_made(one), one.number), reverse=True)
    return tuple(_shown(one, tuple(_doubts(one, places, episode, newest))) for one in ordered)


def ender(stated: Sequence[RecordedStatement], places: Sequence[Place], at: datetime) -> str | None:
    """The digest of the document with the statement that ended an episode at a time."""
    for one in stated:
        said_so = one.statement.status == "not_affected" and one.start.at == at
        if said_so and any(covers(one, place) for place in places):
            return f"sha256:{one.sha256}"
    return None


def _made(one: RecordedStatement) -> datetime:
    return one.statement.stated_at or one.start.at


def _doubts(
    one: RecordedStatement,
    places: Sequence[Place],
    episode: Episode,
    newest: datetime | None,
) -> Iterator[Doubt]:
    covering = any(covers(one, place) for place in places)
    if not covering:
        yield "another_version"
    if newest is not None and _made(one) < newest:
        yield "older_than_match"
    if covering and one.statement.status == "not_affected" and episode.end is None:
        yield "does_not_suffice"


def _shown(one: RecordedStatement, doubts: tuple[Doubt, ...]) -> ShownStatement:
    said = one.statement
    return ShownStatement(
        author=said.author,
        status=said.status,
        justification=said.justification,
        stated_at=said.stated_at,
        seen_at=one.start.at,
        document=one.location,
        sha256=one.sha256,
        doubts=doubts,
    )
