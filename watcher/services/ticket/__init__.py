"""Ticket: bring the trackers to what the plans want, one ticket for each cause, never twice.

An intent is committed before a tracker is called, and settled when the answer is known. A create
whose answer was lost is never made again: the next pass finds the ticket by its key, or files it
anew because a complete listing lacks it.
"""

from __future__ import annotations

from watcher.services.ticket.filing import Filing, Placement
from watcher.services.ticket.stage import TicketStage

__all__ = ["Filing", "Placement", "TicketStage"]
