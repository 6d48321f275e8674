"""What to do about a cause's ticket: desired against actual, without a tracker or a clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from watcher.domain.package import SEVERITIES, rank
from watcher.domain.ticket.key import TicketKey
from watcher.domain.ticket.state import (
    Close,
    Create,
    Dismissed,
    Filed,
    Grace,
    Held,
    Nothing,
    Reopen,
    Settle,
    Step,
    Terms,
    Update,
    Wanted,
)

_AS_DESIGNED = Terms()


def decide(
    wanted: Wanted, filed: Sequence[Filed], at: datetime, terms: Terms = _AS_DESIGNED
) -> Step:
    """Compare what is wanted with all tickets ever filed for its cause; say the one step to take.

    The newest open ticket counts; where none is open, the newest of all. While any of them cannot
    be read nothing is filed, for it may be open.
    """
    ordered = sorted(filed, key=lambda one: one.generation)
    opened = [one for one in ordered if one.state == "open"]
    if opened:
        return _tend(wanted, opened[-1], at, terms)
    unreadable = next((one for one in ordered if one.state == "unreadable"), None)
    if unreadable is not None:
        return Held(f"ticket {unreadable.ticket} cannot be read")
    if not ordered:
        return _file(wanted, 1)
    current = ordered[-1]
    if current.closed_by == "watcher":
        return _after_evidence(wanted, current, at, terms)
    return _after_a_person(wanted, current, at, terms)


def _tend(wanted: Wanted, current: Filed, at: datetime, terms: Terms) -> Step:
    """Keep an open ticket true: closed by evidence, ticked, written anew."""
    if not wanted.lines or not current.lines.keys() <= wanted.lines.keys():
        return Held(f"ticket {current.ticket} has lines of which nothing is known now")
    if _evident(wanted, current):
        return Close(current.ticket)
    if current.text == wanted.text:
        return Nothing()
    edited = current.text != current.written
    if edited or current.substance != wanted.substance or _due(current, at, terms):
        ticked = frozenset(
            line for line, done in wanted.lines.items() if done and not current.lines.get(line)
        )
        announce = current.action is not None and current.action != wanted.action
        return Update(current.ticket, ticked, announce)
    return Nothing()


def _due(current: Filed, at: datetime, terms: Terms) -> bool:
    """Whether figures that only move by time have stood long enough."""
    return current.written_at is None or at - current.written_at >= terms.digest


def _after_evidence(wanted: Wanted, current: Filed, at: datetime, terms: Terms) -> Step:
    """A ticket closed on evidence: opened again or followed only by what is exposed now."""
    returned = frozenset(wanted.outstanding.keys() & current.listed.keys())
    soon = at - (current.closed_at or at) <= terms.reopening
    if returned and soon and current.state == "closed":
        return Held(wanted.hold) if wanted.hold else Reopen(current.ticket, returned)
    return _file(wanted, current.generation + 1)


def _after_a_person(wanted: Wanted, current: Filed, at: datetime, terms: Terms) -> Step:
    """A ticket that a person closed: confirmed by evidence in time, or else a dismissal.

    What the person could not have seen ends either at once.
    """
    closed_at = current.closed_at or at
    grace = terms.graced(closed_at)
    if at <= grace and _evident(wanted, current):
        return Settle(current.ticket)
    if _unforeseen(wanted, current):
        return _file(wanted, current.generation + 1)
    if at < grace:
        return Grace(current.ticket, grace)
    dismissed = terms.dismissed(closed_at)
    if at < dismissed:
        return Dismissed(current.ticket, dismissed)
    return _file(wanted, current.generation + 1)


def _file(wanted: Wanted, generation: int) -> Step:
    if not wanted.outstanding or all(wanted.lines.values()):
        return Nothing()
    if wanted.hold:
        return Held(wanted.hold)
    return Create(TicketKey(generation, wanted.cause))


def _evident(wanted: Wanted, current: Filed) -> bool:
    """Whether every line, of the ticket and of now, is known to be done."""
    known = current.lines.keys() <= wanted.lines.keys()
    return known and bool(wanted.lines) and all(wanted.lines.values())


def _unforeseen(wanted: Wanted, current: Filed) -> bool:
    """Whether something is listed as exploited since, or is worse than all that was dismissed."""
    seen = current.outstanding
    exploited = any(
        rated.known_exploited and not (name in seen and seen[name].known_exploited)
        for name, rated in wanted.outstanding.items()
    )
    if not seen:  # what was dismissed is not remembered: it may have been the worst
        return exploited
    return exploited or _worst(wanted) < min(rank(one.severity) for one in seen.values())


def _worst(wanted: Wanted) -> int:
    return min((rank(one.severity) for one in wanted.outstanding.values()), default=len(SEVERITIES))
