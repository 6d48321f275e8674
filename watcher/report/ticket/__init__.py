"""The text of a ticket: a bump as a title, labels and a body that trackers show as meant."""

from __future__ import annotations

from watcher.report.ticket.board import board
from watcher.report.ticket.draft import LONGEST, draft
from watcher.report.ticket.template import Template, template_of

__all__ = ["LONGEST", "Template", "board", "draft", "template_of"]
