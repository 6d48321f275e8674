"""What the contract suite needs of a tracker under test."""

from __future__ import annotations

from typing import Literal, Protocol

from watcher.ports.tracker import Ticket, Tracker


class Subject(Protocol):
    """A tracker under test, and what people and failures do to it."""

    tracker: Tracker
    keeps_clock: bool  # whether it dates tickets by its own clock, and not by the pass
    fragile: bool  # whether a ticket can be there and not be read

    def another(self) -> Tracker:
        """A second adapter on the same tracker, as another process would build it."""

    def set_state(self, ticket: Ticket, state: Literal["open", "closed"]) -> None:
        """Close or open a ticket by hand."""

    def set_title(self, ticket: Ticket, title: str) -> None:
        """Give a ticket another title by hand."""

    def set_labels(self, ticket: Ticket, labels: tuple[str, ...]) -> None:
        """Label a ticket by hand."""

    def set_text(self, ticket: Ticket, text: str) -> None:
        """Write another text above the marker by hand."""

    def copy(self, ticket: Ticket) -> str:
        """File a copy by hand; returns its id."""

    def delete(self, ticket: Ticket) -> None:
        """Take a ticket away."""

    def misplace(self, ticket: Ticket) -> None:
        """Put a ticket where no ticket lies."""

    def damage(self, ticket: Ticket) -> None:
        """Take the line that names a ticket, and whatever else is needed to read it."""

    def empty(self) -> None:
        """Replace the tracker by one that never held anything."""

    def stop(self) -> None:
        """Let every later call fail."""
