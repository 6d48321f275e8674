"""The bumps document: plans with their tickets, as CONTRACT names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from watcher.domain.ticket import (
    BumpTicket,
    Cause,
    Close,
    Create,
    Dismissed,
    Fix,
    Grace,
    Held,
    Line,
    Remaining,
    Reopen,
    Settle,
    Terms,
    Unknown,
    Update,
    moved,
    streams,
)
from watcher.ports.store.bumps import Remembered
from watcher.ports.tracker import Intended
from watcher.report.times import stamp

Document = dict[str, Any]
_WEEK = 7  # days

_AS_DESIGNED = Terms()


def document(
    as_of: datetime,
    plans: Iterable[BumpTicket],
    remembered: Sequence[Remembered],
    intended: Mapping[Cause, Intended],
    terms: Terms = _AS_DESIGNED,
) -> Document:
    """Write plans down with the newest ticket of each; `intended` is what a pass would do.

    `terms` are how long a person's close waits for evidence, and then dismisses.
    """
    newest = {one.key.cause: one for one in sorted(remembered, key=lambda one: one.key)}
    planned = {one.cause: one for one in plans}
    return {
        "schema": "watcher/bumps/1",
        "as_of": stamp(as_of),
        "bumps": [
            _bump(planned[cause], newest.get(cause), intended.get(cause), as_of, terms)
            for cause in sorted(planned)
        ],
    }


def _bump(
    plan: BumpTicket,
    ticket: Remembered | None,
    intended: Intended | None,
    as_of: datetime,
    terms: Terms,
) -> Document:
    key = ticket.key if ticket else None
    state, until = _state(plan, ticket, as_of, terms)
    return {
        "key": str(key) if key else f"{plan.cause.team}:{plan.cause.lineage}",
        "team": plan.cause.team,
        "action": plan.action,
        "base": {
            "name": plan.cause.lineage,
            "digest": plan.bases[-1].digest if plan.bases else None,
            "evidence": " ".join(plan.evidence),
        },
        "target": {"name": plan.target.reference, "digest": plan.target.digest},
        "fixes": [_fix(one) for one in plan.fixes],
        "remains": [_remaining(one) for one in plan.remains],
        "introduces": [_fix(one) for one in plan.introduces],
        "unproven": [_remaining(one) for one in plan.unproven],
        "unknown": [_unknown(one) for one in plan.unknown],
        "newest_unknown": plan.newest_unknown,
        "images": [_image(line) for line in plan.lines],
        "streams": len(streams(plan.lines)),
        "moved": len(moved(plan.lines)),
        "exposure_days_per_week": plan.exposures * _WEEK,
        "state": state,
        "until": stamp(until),
        "intended": type(intended.step).__name__.lower() if intended else None,
        "would": _would(intended) if intended else None,
        "ticket": _ticket(ticket) if ticket else None,
    }


def _would(intended: Intended) -> Document:
    """Exactly what would be done: the step, why no more, and what would be written where."""
    step, draft = intended.step, intended.draft
    writes = isinstance(step, Create | Update | Close | Reopen | Settle) and draft is not None
    until = step.until if isinstance(step, Grace | Dismissed) else None
    why = step.reason if isinstance(step, Held) else f"until {stamp(until)}" if until else None
    return {
        "step": type(step).__name__.lower(),
        "why": why,
        "tracker": intended.tracker,
        "key": str(draft.key) if draft and writes else None,
        "title": draft.title if draft and isinstance(step, Create) else None,
        "labels": list(draft.labels) if draft and isinstance(step, Create) else None,
        "assignees": list(draft.assignees) if draft and isinstance(step, Create) else None,
        "text": draft.body if draft and writes else None,
    }


def _state(
    plan: BumpTicket, ticket: Remembered | None, as_of: datetime, terms: Terms
) -> tuple[str, datetime | None]:
    """How it stands with a bump, and until when that holds where it holds for a time."""
    if not plan.lines:
        return "unknown", None
    if all(line.done for line in plan.lines):
        return "done", None
    if ticket is None or ticket.closed_by != "person":
        return "open", None
    closed_at = ticket.closed_at or as_of
    graced, dismissed = terms.graced(closed_at), terms.dismissed(closed_at)
    if as_of < graced:
        return "grace", graced
    return ("dismissed", dismissed) if as_of < dismissed else ("open", None)


def _fix(one: Fix) -> Document:
    return {
        "vulnerability": one.vulnerability,
        "severity": one.severity,
        "package": one.package,
        "fixed_version": one.fixed_version or None,
        "streams": one.streams,
        "exposures": one.exposures or one.streams,
        "known_since": stamp(one.known_since),
        "past_due": one.past_due,
    }


def _remaining(one: Remaining) -> Document:
    return {
        "vulnerability": one.vulnerability,
        "severity": one.severity,
        "package": one.package,
        "why": one.why,
    }


def _unknown(one: Unknown) -> Document:
    return {"stream": one.name.stream, "platform": one.name.platform, "why": one.why}


def _image(line: Line) -> Document:
    return {
        "stream": line.name.stream,
        "platform": line.name.platform,
        "image": line.image,
        "done": line.done is not None,
        "because": line.done.because if line.done else None,
    }


def _ticket(one: Remembered) -> Document:
    return {"tracker": one.tracker, "id": one.ticket, "url": one.url}
