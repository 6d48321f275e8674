"""A bump's ticket: what names it, what it says, and what is to be done about it."""

from __future__ import annotations

from watcher.domain.ticket.bump import (
    BaseInUse,
    BumpTicket,
    Done,
    Ended,
    Fix,
    Line,
    LineName,
    OwnFinding,
    Remaining,
    Target,
    Unknown,
)
from watcher.domain.ticket.decision import decide
from watcher.domain.ticket.key import Cause, TicketKey, marked, marker, with_marker
from watcher.domain.ticket.label import SEVERITY_LABELS, relabelled, severity_label
from watcher.domain.ticket.state import (
    Close,
    Create,
    Dismissed,
    Filed,
    Grace,
    Held,
    Nothing,
    Rated,
    Reopen,
    Settle,
    Step,
    Terms,
    Update,
    Wanted,
)

__all__ = [
    "SEVERITY_LABELS",
    "BaseInUse",
    "BumpTicket",
    "Cause",
    "Close",
    "Create",
    "Dismissed",
    "Done",
    "Ended",
    "Filed",
    "Fix",
    "Grace",
    "Held",
    "Line",
    "LineName",
    "Nothing",
    "OwnFinding",
    "Rated",
    "Remaining",
    "Reopen",
    "Settle",
    "Step",
    "Target",
    "Terms",
    "TicketKey",
    "Unknown",
    "Update",
    "Wanted",
    "decide",
    "marked",
    "marker",
    "relabelled",
    "severity_label",
    "with_marker",
]
