"""The bumps document: plans with their tickets, as CONTRACT names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from watcher.domain.ticket import (
    Alternative,
    BumpTicket,
    Cause,
    Close,
    Create,
    Dismissed,
    Fix,
    Grace,
    Held,
    Line,
    OwnFinding,
    Remaining,
    Reopen,
    SetAside,
    Settle,
    Step,
    Terms,
    Unknown,
    Update,
    moved,
    streams,
)
from watcher.ports.store.bumps import Remembered
from watcher.ports.tracker import Draft
from watcher.report.times import stamp

Document = dict[str, Any]
_WEEK = 7  # days

_AS_DESIGNED = Terms()


class Intention(NamedTuple):
    """What a pass would do about a bump: the step, what there is to say of it, and the text."""

    step: str
    because: str | None = None
    draft: Draft | None = None


def intention(step: Step, draft: Draft | None = None) -> Intention:
    """A step in words: what it is, and why nothing is done or what is done with which ticket.

    `draft` is what would be written, where something would.
    """
    writes = isinstance(step, Create | Update | Reopen | Close | Settle)
    return Intention(type(step).__name__.lower(), _because(step), draft if writes else None)


def _because(step: Step) -> str | None:
    because = None
    match step:
        case Create(key):
            because = f"under the key {key}"
        case Update(ticket, ticked, announce):
            done = f", lines newly done: {len(ticked)}" if ticked else ""
            told = ", with a comment that the move is another" if announce else ""
            because = f"ticket {ticket}{done}{told}"
        case Reopen(ticket, returned):
            because = f"ticket {ticket}, for {', '.join(sorted(returned))}"
        case Close(ticket) | Settle(ticket):
            because = f"ticket {ticket}, by evidence"
        case Grace(ticket, until) | Dismissed(ticket, until):
            because = f"ticket {ticket}, until {stamp(until)}"
        case Held(reason):
            because = reason
    return because


def document(
    as_of: datetime,
    plans: Iterable[BumpTicket],
    remembered: Sequence[Remembered],
    intended: Mapping[Cause, Intention],
    terms: Terms = _AS_DESIGNED,
) -> Document:
    """Write plans down with the newest ticket of each; `intended` says what a pass would do.

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
    intended: Intention | None,
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
        "target": {"name": plan.target.reference, "digest": plan.target.digest or None},
        "move": plan.move or None,
        "waiting_for": plan.waiting,
        "beneath": plan.beneath,
        "alternative": _alternative(plan.alternative),
        "end_of_life": {"base": plan.base_system or None, "target": plan.target_system or None},
        "fixes": [_fix(one) for one in plan.fixes],
        "remains": [_remaining(one) for one in plan.remains],
        "introduces": [_fix(one) for one in plan.introduces],
        "unproven": [_remaining(one) for one in plan.unproven],
        "set_aside": [_aside(one) for one in plan.set_aside],
        "own": [_own(one) for one in plan.own],
        "unknown": [_unknown(one) for one in plan.unknown],
        "newest_unknown": plan.newest_unknown,
        "images": [_image(line) for line in plan.lines],
        "streams": len(streams(plan.lines)),
        "moved": len(moved(plan.lines)),
        "exposure_days_per_week": plan.exposures * _WEEK,
        "state": state,
        "until": stamp(until),
        "intended": intended.step if intended else None,
        "because": intended.because if intended else None,
        "draft": _draft(intended.draft) if intended and intended.draft else None,
        "ticket": _ticket(ticket) if ticket else None,
    }


def _state(
    plan: BumpTicket, ticket: Remembered | None, as_of: datetime, terms: Terms
) -> tuple[str, datetime | None]:
    """How it stands with a bump, and until when that holds where it holds for a time."""
    if plan.state != "open" or ticket is None or ticket.closed_by != "person":
        return plan.state, None
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


def _aside(one: SetAside) -> Document:
    return {
        "vulnerability": one.vulnerability,
        "severity": one.severity,
        "package": one.package,
        "why": one.why,
        "streams": one.streams,
    }


def _own(one: OwnFinding) -> Document:
    return {
        "vulnerability": one.vulnerability,
        "severity": one.severity,
        "package": one.package,
        "installed": one.installed,
        "fixed_version": one.fixed_version or None,
        "streams": list(one.streams),
        "expected_on_rebuild": one.expected,
    }


def _alternative(one: Alternative | None) -> Document | None:
    if one is None:
        return None
    return {"name": one.reference, "digest": one.digest, "fixes": one.fixes}


def _draft(one: Draft) -> Document:
    return {"title": one.title, "labels": list(one.labels), "body": one.body}


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
