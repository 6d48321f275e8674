"""Vulnerabilities by their numbers; new ones and publication dates learnt now are recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_numbered, among
from watcher.adapters.store.tables.base import kept
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.domain.errors import PermanentError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding
from watcher.ports.store.passes import PassRecord

_LONGEST_NAME: Final = 128  # characters of a vulnerability's id; real ones have up to 30


def numbers_of(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The numbers of vulnerabilities that are recorded, by name."""
    wanted = set(names)
    if not wanted:
        return {}
    statement = select(vulnerabilities.c.name, vulnerabilities.c.id)
    rows = connection.execute(statement.where(among(vulnerabilities.c.name, wanted)))
    return {row.name: row.id for row in rows}


def numbered(
    connection: Connection, this: PassRecord, version: KnowledgeVersion, findings: Sequence[Finding]
) -> dict[str, int]:
    """Numbers of the findings' vulnerabilities; raises PermanentError where one has no name."""
    told = _told(findings)
    held = numbers_of(connection, told)
    new = sorted(told.keys() - held.keys())
    rows = [_row(this, version, told[name]) for name in new]
    added = dict(zip(new, add_numbered(connection, vulnerabilities, rows), strict=True))
    dates = {held[name]: one.published for name, one in told.items() if name in held}
    _publish(connection, this, {number: date for number, date in dates.items() if date})
    return held | added


def _told(findings: Sequence[Finding]) -> dict[str, Finding]:
    """A finding for each vulnerability, one that tells when it was published where there is one."""
    told: dict[str, Finding] = {}
    for one in findings:
        if kept(one.vulnerability, _LONGEST_NAME) != one.vulnerability:
            raise PermanentError(
                f"the database names a vulnerability {one.vulnerability[:80]!a}, which is no name: "
                "nothing of this match counts; check the Trivy database"
            )
        if one.vulnerability not in told or told[one.vulnerability].published is None:
            told[one.vulnerability] = one
    return told


def _row(this: PassRecord, version: KnowledgeVersion, one: Finding) -> Row:
    return {
        "name": one.vulnerability,
        "title": one.title,
        "published": one.published,
        "published_in": this.number if one.published else None,
        "in_db_at": version.effective_at,
        "opened_in": this.number,
    }


def _publish(connection: Connection, this: PassRecord, told: Mapping[int, datetime]) -> None:
    """Record the publication dates of vulnerabilities (by number) that had none so far."""
    undated = select(vulnerabilities.c.id).where(
        among(vulnerabilities.c.id, told), vulnerabilities.c.published.is_(None)
    )
    news = (
        [{"number": one, "when": told[one]} for one in connection.scalars(undated)] if told else []
    )
    if news:
        first = update(vulnerabilities).where(vulnerabilities.c.id == bindparam("number"))
        first = first.values(published=bindparam("when"), published_in=this.number)
        connection.execute(first, news)
