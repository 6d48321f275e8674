"""What is told of tickets that people closed, took away or opened again: once, when it is seen."""

from __future__ import annotations

from datetime import datetime

from watcher.domain.ticket import Terms, TicketKey
from watcher.ports.store.bumps import Remembered
from watcher.ports.tracker import Tracker
from watcher.services.ticket.case import Case


def told(
    case: Case, key: TicketKey, news: Remembered, tracker: Tracker, terms: Terms
) -> str | None:
    """Say what a person did to a ticket and what follows; None where a person did nothing."""
    before = case.remembered.get(key)
    if before is not None and before.closed_by is not None and news.closed_by is None:
        return "opened again by a person: it is kept again"
    if news.closed_by != "person" or news.closed_at is None:
        return None
    gone = key not in case.tickets
    if gone:
        what = "is gone: taken for closed by a person"
        back = f"to keep it, put {news.url} back" if news.url else "to keep it, put it back"
    else:
        what, back = "closed by a person", f"to keep it, {tracker.opened_by}"
    if case.plan is None or case.plan.done:
        return what
    return f"{what}; {_follows(news.closed_at, terms)}; {back}"


def _follows(closed_at: datetime, terms: Terms) -> str:
    exploited = "one of its vulnerabilities is listed as known exploited or " if terms.kev else ""
    return (
        f"its lines may be done until {terms.graced(closed_at):%Y-%m-%d}, else it counts as "
        f"dismissed until {terms.dismissed(closed_at):%Y-%m-%d}: filed again before that only if "
        f"{exploited}a worse severity appears"
    )
