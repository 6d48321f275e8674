"""What a ticket says of a bump: the move, the images it is for, and what it was proven to end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from watcher.domain.package import SEVERITIES, Severity
from watcher.domain.ticket.key import Cause

Action = Literal["rebuild", "pin", "version"]
Because = Literal[
    "remediated", "withdrawn", "excused", "accepted", "retired", "moved", "out_of_scope"
]
BumpState = Literal["open", "waiting", "no_fixed_base", "unknown", "done"]
Ended = Mapping[str, int]  # severity → how many exposures


@dataclass(frozen=True, slots=True)
class BaseInUse:
    """A base image that some of the images still stand on, and since when its tag pointed there."""

    digest: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The image to move to: as `FROM` names it, its digest, and since when it has been out."""

    reference: str
    digest: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class LineName:
    """A stream on one platform: `local/shop/api#2-slim` and `linux/amd64`."""

    stream: str
    platform: str


@dataclass(frozen=True, slots=True)
class Done:
    """A line has nothing left of what the ticket fixes: since when, and by what evidence.

    `excused` by statements of VEX, `accepted` as a risk by somebody of the organisation; `moved`
    says that the line is another team's now, and on that team's ticket.
    """

    at: datetime
    because: Because = "remediated"


@dataclass(frozen=True, slots=True)
class Line:
    """One image of the checklist: a stream's head on one platform.

    `ended` counts the exposures that the bump ends in it, or that have ended where it is done.
    """

    name: LineName
    image: str
    ended: Ended
    on_base_since: datetime | None = None
    done: Done | None = None


def streams(lines: Iterable[Line]) -> set[str]:
    """The streams of lines, each once on however many platforms."""
    return {line.name.stream for line in lines}


def moved(lines: Iterable[Line]) -> set[str]:
    """The streams that a rebuild moved: it did every line that they have."""
    every = list(lines)
    left = (line for line in every if line.done is None or line.done.because != "remediated")
    return streams(every) - streams(left)


@dataclass(frozen=True, slots=True)
class Fix:
    """A vulnerability that the bump ends or, among `introduces`, brings.

    `streams` counts the lines to do that have it, `past_due` those of them that are past due, and
    `exposures` the streams among them, each once on however many platforms; 0 in plans of before
    that was counted.
    """

    vulnerability: str
    severity: Severity
    package: str
    fixed_version: str = ""
    streams: int = 0
    known_since: datetime | None = None
    past_due: int = 0
    known_exploited: bool = False
    exposures: int = 0


@dataclass(frozen=True, slots=True)
class Remaining:
    """A vulnerability of which the bump proves nothing or ends nothing, and why."""

    vulnerability: str
    severity: Severity
    package: str
    why: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A vulnerability that the move does not count, and why: excused by VEX, or accepted."""

    vulnerability: str
    severity: Severity
    package: str
    why: str
    streams: int = 0


@dataclass(frozen=True, slots=True)
class Alternative:
    """A base of another kind that would end what none of this lineage does; somebody decides."""

    reference: str
    digest: str
    fixes: int  # vulnerabilities at or above the threshold


@dataclass(frozen=True, slots=True)
class Unknown:
    """A stream behind its base of which nothing can be proven yet, and why.

    `newest` is the lineage's newest image where it is that of which nothing is known.
    """

    name: LineName
    why: str
    newest: str | None = None


@dataclass(frozen=True, slots=True)
class OwnFinding:
    """A vulnerability that comes from the images' own packages and no base will end.

    `expected` where a rebuild is likely to end it all the same: the images' own layers install the
    package from their distribution, which has a fix.
    """

    vulnerability: str
    severity: Severity
    package: str
    installed: str
    fixed_version: str
    streams: tuple[str, ...]
    known_exploited: bool = False
    days_past_due: int = 0
    expected: bool = False


@dataclass(frozen=True, slots=True)
class BumpTicket:
    """All that a ticket's text is made of. Times are aware UTC.

    `base_name` is the lineage as people say it (`python:3.12-slim`), `base_reference` as `FROM`
    names it. `bases` are those in use, the newest last. `exposures_per_week` counts the
    exposure-days a week at or above the threshold that the bump ends. A line that was once on the
    ticket stays there: what ends it is written in its `done`. `listed` is what the ticket named at
    or above the threshold before and `fixes` does not now: no line that has any of it is done.
    `unknown` are streams of which nothing is proven now; `doubt` says why the whole plan is not:
    then nothing is filed for it.

    `move` says what kind of move to another tag it is, and is empty for the same one. `waiting`
    names the image of the organisation that has to be rebuilt first. `alternative` is named where
    no base of the lineage ends anything. `set_aside` does not count, and is among nothing else.
    `base_system` and `target_system` are named where their maintenance has ended. `beneath` counts
    the lines of other plans that wait for this one.
    """

    cause: Cause
    action: Action
    base_name: str
    base_reference: str
    target: Target
    lines: tuple[Line, ...]
    fixes: tuple[Fix, ...]
    threshold: Severity
    exposure_days_per_week: int
    oldest_days: int
    scanner: str
    database_time: datetime
    as_of: datetime
    bases: tuple[BaseInUse, ...] = ()
    target_name: str = ""
    remains: tuple[Remaining, ...] = ()
    introduces: tuple[Fix, ...] = ()
    unproven: tuple[Remaining, ...] = ()
    own: tuple[OwnFinding, ...] = ()
    next_due: datetime | None = None
    evidence: tuple[str, ...] = ()
    link: str | None = None
    labels: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    doubt: str | None = None
    listed: tuple[Fix, ...] = ()
    move: str = ""
    waiting: str | None = None
    alternative: Alternative | None = None
    set_aside: tuple[SetAside, ...] = ()
    base_system: str = ""
    target_system: str = ""
    beneath: int = 0

    @property
    def severe(self) -> tuple[str, ...]:
        """The severities at or above the threshold, the worst first."""
        return SEVERITIES[: SEVERITIES.index(self.threshold) + 1]

    @property
    def exposures(self) -> int:
        """How many it is proven to end at or above the threshold, platforms united."""
        severe = (fix for fix in self.fixes if fix.severity in self.severe)
        return sum(fix.exposures or fix.streams for fix in severe)

    @property
    def done(self) -> bool:
        """Whether it has lines, and none of them is to do."""
        return bool(self.lines) and all(line.done is not None for line in self.lines)

    @property
    def state(self) -> BumpState:
        """How it stands with the bump itself, whatever became of its ticket."""
        if self.waiting is not None:
            return "waiting"
        if not self.lines:
            return "unknown" if self.unknown else "no_fixed_base"
        return "done" if self.done else "open"

    @property
    def newest_unknown(self) -> str | None:
        """The newest base, as long as nothing is known of it: the target is the one before."""
        return next((one.newest for one in self.unknown if one.newest), None)

    @property
    def substance(self) -> str:
        """A fingerprint of what the ticket asks and proves, without figures that move by time."""
        said = (
            self.action,
            self.base_reference,
            (self.target.reference, self.target.digest),
            sorted((line.name, line.done is not None) for line in self.lines),
            sorted((fix.vulnerability, fix.severity, fix.known_exploited) for fix in self.fixes),
            sorted((one.vulnerability, one.severity) for one in self.introduces),
            sorted((one.vulnerability, one.package) for one in (*self.remains, *self.unproven)),
            *filter(None, [self.newest_unknown, self.waiting, self.alternative, self.move]),
            *filter(None, [self.base_system, self.target_system]),
            *sorted((one.vulnerability, one.package) for one in self.set_aside),
        )
        return sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest()
