"""What is wanted of a ticket, what stands in the tracker, and the steps between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from watcher.domain.ticket.bump import BumpTicket, LineName
from watcher.domain.ticket.key import Cause, TicketKey

State = Literal["open", "closed", "gone", "unreadable"]


def fingerprint(text: str) -> str:
    """A text's sha256, whatever its line ends and the white space around it."""
    plain = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return sha256(plain.encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Rated:
    """How bad a listed vulnerability was held to be."""

    severity: str
    known_exploited: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cause's ticket should be now.

    `lines` maps every line to whether it is done; one that was ever on the ticket is among them.
    `outstanding` are the proven fixes at or above the threshold in lines to do. `hold` says why
    nothing may be filed or opened again at present, None where it may.
    """

    cause: Cause
    lines: Mapping[LineName, bool]
    outstanding: Mapping[str, Rated]
    action: str
    substance: str
    text: str
    hold: str | None = None

    @classmethod
    def of(cls, bump: BumpTicket, body: str, hold: str | None = None) -> Wanted:
        """Take from a bump, and the text written for it, what the decision rests on."""
        outstanding = {
            fix.vulnerability: Rated(fix.severity, fix.known_exploited)
            for fix in bump.fixes
            if fix.severity in bump.severe
        }
        return cls(
            cause=bump.cause,
            lines={line.name: line.done is not None for line in bump.lines},
            outstanding=outstanding,
            action=f"{bump.action} {bump.target.reference}",
            substance=bump.substance,
            text=fingerprint(body),
            hold=hold,
        )


@dataclass(frozen=True, slots=True)
class Filed:
    """A ticket of the cause: what the tracker shows, and what watcher remembers of it.

    `gone` is a ticket that a complete listing lacks; `unreadable` one that is there and broken.
    `text` is the fingerprint of the body in the tracker, `written` that of the last one written;
    None, like `substance`, `action` and `written_at`, where the memory of it was lost. `lines` are
    as last written; `listed` every vulnerability that was ever on it, `outstanding` those that
    were on it last. `closed_at` is when the close was made, or noticed.
    """

    ticket: str
    generation: int
    state: State
    text: str
    written: str | None = None
    written_at: datetime | None = None
    substance: str | None = None
    action: str | None = None
    lines: Mapping[LineName, bool] = field(default_factory=dict)
    listed: Mapping[str, Rated] = field(default_factory=dict)
    outstanding: Mapping[str, Rated] = field(default_factory=dict)
    closed_by: Literal["watcher", "person"] | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How long what holds; `kev` says whether a list of what is known exploited is asked."""

    reopening: timedelta = timedelta(days=30)
    grace: timedelta = timedelta(days=7)
    dismissal: timedelta = timedelta(days=90)
    digest: timedelta = timedelta(days=7)  # between updates that only move figures
    kev: bool = False

    def graced(self, closed_at: datetime) -> datetime:
        """Until when evidence may follow a person's close."""
        return closed_at + self.grace

    def dismissed(self, closed_at: datetime) -> datetime:
        """Until when a person's close that no evidence followed is a dismissal."""
        return max(self.graced(closed_at), closed_at + self.dismissal)


@dataclass(frozen=True, slots=True)
class Create:
    """File a new ticket under this key."""

    key: TicketKey


@dataclass(frozen=True, slots=True)
class Update:
    """Write the text anew; `ticked` lines are newly done. `announce`: the action is another."""

    ticket: str
    ticked: frozenset[LineName] = frozenset()
    announce: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """Every line is done: close by evidence."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """These listed vulnerabilities returned soon after the close."""

    ticket: str
    returned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settle:
    """A person closed it and the evidence followed: the close is one by evidence, and says so."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Grace:
    """A person closed it: wait for evidence until then."""

    ticket: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A person closed it, and no evidence followed: file nothing until then."""

    ticket: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Something is to be done and may not be yet: why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """All is as it should be."""


Step = Create | Update | Close | Reopen | Settle | Grace | Dismissed | Held | Nothing
