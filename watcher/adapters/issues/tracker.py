"""Tickets as issues of a project: the port `Tracker` over whatever a vendor's API can do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from watcher.adapters.issues.issue import Change, Issue, Place
from watcher.adapters.issues.shown import Shown, ticket_of
from watcher.adapters.issues.text import IssueText, one_line
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.ticket import OURS
from watcher.ports.tracker import (
    NOTHING_KNOWN,
    Draft,
    Known,
    Listing,
    Ticket,
    UncertainError,
)

_LONGEST_TITLE: Final = 255  # characters, which most trackers cut or refuse beyond
_PREPARING: Final = 60.0  # seconds; with a request's own bound less than `settling`
_APART: Final = timedelta(days=1)  # how far a tracker's clock and ours may be


class IssueTracker:
    """Signs `watcher.ports.tracker.Tracker` over a place for issues.

    Tickets are listed by the label `watcher`, which outsiders cannot give, and known by their
    marker. Those known before whose label people took off are asked for one by one. Before a write
    the issue is read again: what changed since it was listed is not overwritten.
    """

    def __init__(
        self,
        name: str,
        place: Place,
        labels: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.opened_by = place.opened_by
        self.medium = place.medium
        self.settling = place.settling
        self._place = place
        self._labels = labels
        self._clock = clock

    def tickets(
        self, known: Mapping[str, Known] = NOTHING_KNOWN, since: datetime | None = None
    ) -> Listing:
        """List what has the label, what is known and, where asked, what was filed since."""
        shown = Shown(self.name, self._place, known)
        shown.take(self._place.issues(OURS))
        if since is not None:
            shown.take_late(self._place.issues(None, since - _APART))
        shown.look_closer()
        return shown.listing()

    def create(self, draft: Draft, at: datetime) -> Ticket:
        """File an issue; where its text lost the marker on the way, it is written once more."""
        del at
        begun = self._clock()
        labels = tuple(dict.fromkeys((OURS, *draft.labels, *self._labels)))
        draft = replace(draft, labels=labels)
        place = self._place.prepared(draft)
        if self._clock() - begun > _PREPARING:
            # What is sent now could land after everybody has stopped waiting for it.
            raise TransientError(f"{self._place.where} is too slow just now: nothing was filed")
        text = IssueText(draft.key, "", "").rewritten(draft.body, draft.key, self.medium)
        title = one_line(draft.title, _LONGEST_TITLE)
        made = self._place.add(draft, title, text)
        if IssueText.of(made.body, draft.key).key is None:
            made = self._marked(made, draft)
        return ticket_of(replace(made, place=made.place or place), draft.key)

    def update(
        self,
        ticket: Ticket,
        body: str,
        at: datetime,
        *,
        title: str | None = None,
        labels: tuple[str, ...] | None = None,
    ) -> Ticket:
        """Write the text anew, and title and labels where they are given."""
        del at
        return self._rewrite(ticket, body, Change(title=title, labels=labels))

    def close(self, ticket: Ticket, body: str, at: datetime) -> Ticket:
        """Write the text anew and close."""
        del at
        return self._rewrite(ticket, body, Change(open=False))

    def reopen(
        self, ticket: Ticket, body: str, at: datetime, *, labels: tuple[str, ...] | None = None
    ) -> Ticket:
        """Write the text anew, labels where they are given, and open again."""
        del at
        return self._rewrite(ticket, body, Change(open=True, labels=labels))

    def comment(self, ticket: Ticket, text: str, at: datetime) -> Ticket:
        """Add a remark."""
        del at
        issue = self._current(ticket)
        self._place.remark(issue, text)
        return ticket_of(issue, ticket.key)

    def check(self) -> str:
        """Say as whom tickets are filed where; raises for what keeps them from it."""
        account = self._place.account()
        doubts = self._place.doubts()
        if doubts:
            raise PermanentError(f"tracker {self.name}: {self._place.where}: {'; '.join(doubts)}")
        listing = self.tickets()
        broken = f", {len(listing.unreadable)} of them unreadable" if listing.unreadable else ""
        count = len(listing.tickets) + len(listing.unreadable)
        return f"tracker {self.name}: {self._place.where} as {account}; tickets: {count}{broken}"

    def _marked(self, made: Issue, draft: Draft) -> Issue:
        """Write the text of an issue again of which a template made another one.

        Whatever goes wrong, the issue is there: the next listing finds it without its marker.
        """
        text = IssueText.of(made.body).rewritten(draft.body, draft.key, self.medium)
        try:
            written = self._place.edit(made, Change(body=text))
        except (TransientError, PermanentError) as error:
            raise UncertainError(f"{made.url} was filed without its marker: {error}") from None
        if IssueText.of(written.body, draft.key).key is None:
            raise UncertainError(
                f"{made.url} does not keep the line that ends watcher's text: let issues of "
                "watcher's account be as they are filed"
            )
        return written

    def _rewrite(self, ticket: Ticket, body: str, change: Change) -> Ticket:
        issue = self._current(ticket)
        text = IssueText.of(issue.body, ticket.key)
        whole = replace(change, body=text.rewritten(body, ticket.key, self.medium))
        if text.key is not None and text.ours == IssueText.of(whole.body or "", ticket.key).ours:
            whole = replace(whole, body=None)  # however it is spaced
        wanted = whole.of(issue)
        if not wanted:
            return ticket_of(issue, ticket.key)
        return ticket_of(self._place.edit(issue, wanted), ticket.key)

    def _current(self, ticket: Ticket) -> Issue:
        """The issue as it is now; raises TransientError where it is not as it was listed."""
        issue = self._place.issue(ticket.id)
        if issue.elsewhere is not None:
            raise PermanentError(f"{ticket.url} {issue.elsewhere}")
        if issue.version != ticket.version:
            raise TransientError(f"{ticket.url} was changed just now: the next pass reads it anew")
        return issue
