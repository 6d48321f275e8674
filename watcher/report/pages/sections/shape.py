"""The report document as its page reads it; `watcher.report.figures.management` writes it."""

from __future__ import annotations

from typing import NotRequired, TypedDict

URGENT = ("CRITICAL", "HIGH")  # what the page's figures and charts are about


class Figure(TypedDict):
    """A value with its interval, or none and the reason."""

    value: float | None
    ci: tuple[float, float] | None
    n: int
    events: int
    reason: str | None


class Figures(TypedDict):
    """The figures of one group; survival by the policy's days."""

    mttr_naive_days: Figure
    open_age_mean_days: Figure
    km_median_days: Figure
    survival: dict[str, Figure]
    rmst_90_days: Figure
    exposure_days: Figure
    exposure_days_backfilled: Figure
    past_due_share: Figure


class Episodes(TypedDict):
    """Counts of one group in one period."""

    open: int
    opened: int
    closed: int
    by_cause: dict[str, int]
    backfilled: int


class Point(TypedDict):
    """The survival curve on one day, with its 95 % band."""

    day: int
    survival: float
    low: float | None
    high: float | None
    at_risk: int


class Told(TypedDict):
    """All that is told of one group."""

    episodes: Episodes
    figures: Figures
    curve: list[Point]


class Previous(Told):
    """The period before."""

    since: str
    as_of: str
    critical_and_high: Told


class Uncovered(TypedDict):
    """A stream that the figures do not rest on."""

    stream: str
    reason: str


class Coverage(TypedDict):
    """How much of the fleet the figures rest on."""

    streams: int
    covered: int
    stream_days_share: float | None
    uncovered: list[Uncovered]


class Undetermined(TypedDict):
    """How much of the open has no known due time, and how often what was missing for it."""

    open: int
    missing: dict[str, int]


class Policy(TypedDict):
    """Days that a severity leaves; other limits, and what is undetermined, where there is such."""

    name: str
    days: dict[str, float]
    clock: NotRequired[str]
    limits: NotRequired[list[float]]
    asks_for: NotRequired[list[str]]
    undetermined: NotRequired[Undetermined]


class Age(TypedDict):
    """What is open of one age."""

    open: int
    past_due: int


class Team(TypedDict):
    """A team's row; past due and exposure-days of all severities, weekly of critical and high."""

    team: str
    streams: int
    covered: int
    open: dict[str, int]
    past_due: int
    exposure_days: float | None
    exposure_days_before: float | None
    weekly: list[int]


class Target(TypedDict):
    """The base image to move to, and since when there is one."""

    name: str
    digest: str
    since: str | None


class Ended(TypedDict):
    """What a bump has ended so far."""

    windows: int
    exposure_days: float


class Left(TypedDict):
    """What a bump would still end."""

    windows: int
    exposure_days_per_week: float


class Ticket(TypedDict):
    """A bump's ticket."""

    tracker: str
    id: str
    url: str | None


class Bump(TypedDict):
    """The move of one team's streams to a newer base."""

    key: str
    team: str
    base: str
    target: Target
    streams: int
    moved: int
    ended: Ended
    left: Left
    state: str
    ticket: Ticket | None


class Due(TypedDict):
    """A vulnerability's open exposures that are past due, or those that are not yet."""

    due: str
    overdue: bool
    vulnerability: str
    packages: list[str]
    severity: str
    windows: int
    by_team: dict[str, int]


class Moved(TypedDict):
    """Exposure-days of this period and the one before; None where nothing was observed."""

    now: float | None
    before: float | None


class TeamMoved(Moved):
    """The same of one team."""

    team: str


class Change(TypedDict):
    """What changed against the period before, in all severities."""

    exposure_days: Moved
    by_team: list[TeamMoved]
    without_work: dict[str, int]


class DueInAll(TypedDict):
    """How many vulnerabilities are past due and come due, listed or not."""

    overdue: int
    coming: int


class Knowledge(TypedDict):
    """The version of knowledge in force at the end."""

    scanner: str
    db: str
    updated_at: str
    effective_at: str


class Accepted(TypedDict):
    """Open stretches whose risk somebody accepted, and those where that has expired."""

    open: int
    expired: int


class Report(TypedDict):
    """The document; reports archived by an older watcher lack what is not required."""

    as_of: str
    since: str
    scope: str
    first_detected: str | None
    policy: Policy
    coverage: Coverage
    episodes: Episodes
    figures: Figures
    by_team: dict[str, Figures]
    critical_and_high: Told
    previous: Previous | None
    ages: dict[str, dict[str, Age]]
    weeks: list[str]
    teams: list[Team]
    bumps: NotRequired[list[Bump]]
    due: NotRequired[list[Due]]
    due_in_all: NotRequired[DueInAll]
    change: NotRequired[Change]
    knowledge: NotRequired[Knowledge | None]
    accepted: NotRequired[Accepted]
