"""Plans of bumps: a new row where the substance changed, the old one superseded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed
from datetime import timedelta
from hashlib import sha256

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, select, update

from watcher.adapters.store.aliases import read_renames
from watcher.adapters.store.asof import visible
from watcher.adapters.store.engine import Row as NewRow
from watcher.adapters.store.engine import add_rows, batches
from watcher.adapters.store.tables.filing import bump_plans
from watcher.domain.ticket import BumpTicket, Cause, Fix
from watcher.ports.store.passes import PassRecord

_FRESH = timedelta(days=1)  # how long a plan may stand whose figures only move by time
_PLAN = TypeAdapter(BumpTicket)


def standing(connection: Connection, upto: int) -> list[BumpTicket]:
    """The plans in force after a pass, by cause."""
    statement = select(bump_plans.c.body).where(visible(bump_plans, upto))
    called = read_renames(connection, upto)
    found = [_read(body, called) for body in connection.scalars(statement)]
    # Sorted here, for each server has its own idea of letters.
    return sorted(found, key=lambda one: one.cause)


def last(connection: Connection, upto: int, causes: frozenset[Cause]) -> list[BumpTicket]:
    """The last plan of each of these causes by a pass, standing or not."""
    newest = (
        select(func.max(bump_plans.c.id).label("id"), bump_plans.c.team, bump_plans.c.lineage)
        .where(bump_plans.c.opened_in <= upto)
        .group_by(bump_plans.c.team, bump_plans.c.lineage)
    )
    rows = connection.execute(newest)
    numbers = [row.id for row in rows if Cause(row.team, row.lineage) in causes]
    found: list[BumpTicket] = []
    for batch in batches(sorted(numbers)):
        statement = select(bump_plans.c.body).where(bump_plans.c.id.in_(batch))
        found += [_PLAN.validate_python(body) for body in connection.scalars(statement)]
    return sorted(found, key=lambda one: one.cause)


def _read(body: object, called: Mapping[str, str]) -> BumpTicket:
    """A plan as it was written, but for ids: an advisory that is a CVE by then goes by that."""
    plan = _PLAN.validate_python(body)
    if called.keys().isdisjoint(fix.vulnerability for fix in (*plan.fixes, *plan.listed)):
        return plan
    return changed(
        plan,
        fixes=tuple(_renamed(fix, called) for fix in plan.fixes),
        listed=tuple(_renamed(fix, called) for fix in plan.listed),
    )


def _renamed(fix: Fix, called: Mapping[str, str]) -> Fix:
    return changed(fix, vulnerability=called.get(fix.vulnerability, fix.vulnerability))


def replace(connection: Connection, this: PassRecord, wanted: Mapping[Cause, BumpTicket]) -> None:
    """Make the plans in force the given ones; one whose substance is the same may stand."""
    columns = [column for column in bump_plans.c if column.name != "body"]
    statement = select(*columns).where(bump_plans.c.superseded_in.is_(None))
    held = {Cause(row.team, row.lineage): row for row in connection.execute(statement)}
    kept = {cause for cause, row in held.items() if _stands(row, wanted.get(cause))}
    for batch in batches(sorted(row.id for cause, row in held.items() if cause not in kept)):
        over = update(bump_plans).where(bump_plans.c.id.in_(batch))
        connection.execute(over.values(superseded_in=this.number))
    new = [one for cause, one in sorted(wanted.items()) if cause not in kept]
    add_rows(connection, bump_plans, [_row(this, one) for one in new])


def _stands(row: Row[tuple[object, ...]], wanted: BumpTicket | None) -> bool:
    if wanted is None:
        return False
    fresh = wanted.as_of - row.drawn_at < _FRESH
    return bool(fresh and row.substance == _fingerprint(wanted))


def _fingerprint(one: BumpTicket) -> str:
    """What a plan asks and proves, and what it cannot tell; not the figures that move by time."""
    unknown = sorted((each.name, each.why) for each in one.unknown)
    told = repr((one.substance, unknown, one.doubt))
    return sha256(told.encode("utf-8", "backslashreplace")).hexdigest()


def _row(this: PassRecord, one: BumpTicket) -> NewRow:
    return {
        "team": one.cause.team,
        "lineage": one.cause.lineage,
        "substance": _fingerprint(one),
        "body": _PLAN.dump_python(one, mode="json"),
        "drawn_at": one.as_of,
        "opened_in": this.number,
    }
