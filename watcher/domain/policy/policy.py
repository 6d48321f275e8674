"""A policy: a table of limits, the clock they run on, and the version it can be quoted by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from watcher.domain.package import SEVERITIES
from watcher.domain.policy.table import Rule, Table

Clock = Literal["known", "present", "detected", "fix_available", "base_fix_available", "ticketed"]
CLOCKS: Final[tuple[Clock, ...]] = get_args(Clock)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a policy says.

    `clock` names the milestone from which its days count. `version` is its own, `sha256` that of
    its table: two reports under one name and one hash were judged alike. `epss` is the score from
    0 to 1 from which on an exploit counts as likely; None where scores decide nothing.
    """

    name: str
    table: Table
    clock: Clock = "known"
    version: str = "1"
    sha256: str = ""
    epss: float | None = None
    limits: Mapping[str, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", _limits(self.table))

    @property
    def days(self) -> list[float]:
        """The limits in days, shortest first."""
        return self.table.days

    @property
    def only_severity(self) -> bool:
        """Whether nothing but the severity decides."""
        return self.table.factors == ("severity",)


def by_severity(
    name: str, days: Mapping[str, float | None], clock: Clock = "known", sha256: str = ""
) -> Policy:
    """A policy of days for each severity; None sets no limit, and one left out has no rule."""
    rules = (Rule({"severity": severity}, limit) for severity, limit in days.items())
    return Policy(name, Table(("severity",), tuple(rules)), clock, sha256=sha256)


def _limits(table: Table) -> dict[str, float]:
    """The days by severity, of tables where nothing else decides; empty for others."""
    if table.factors != ("severity",):
        return {}
    told = {rule.needs["severity"]: rule.days for rule in table.rules}
    found = {severity: told.get(severity) for severity in SEVERITIES}
    return {severity: days for severity, days in found.items() if days is not None}


DEFAULT: Final = by_severity(
    "default", {"CRITICAL": 7, "HIGH": 30, "MEDIUM": 90, "LOW": None, "UNKNOWN": None}
)
