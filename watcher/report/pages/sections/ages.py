"""What is open by age, and how it came to be: a row for each age is the table of its bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from watcher.report.pages.sections.shape import URGENT, Age, Episodes, Report
from watcher.report.pages.wording import by_cause

_NAMES: Final = {"0-7": "0 to 7", "8-30": "8 to 30", "31-90": "31 to 90", ">90": "over 90"}


@dataclass(frozen=True, slots=True)
class AgeRow:
    """Open exposures of one age; bars are in percent of the longest."""

    name: str
    critical: int
    high: int
    past_due: int
    unit: float  # percent of the chart's width for one exposure

    @property
    def critical_bar(self) -> float:
        """How long the bar of critical exposures is."""
        return round(self.critical * self.unit, 2)

    @property
    def high_bar(self) -> float:
        """How long the bar of high exposures is, behind that of the critical."""
        return round(self.high * self.unit, 2)

    @property
    def past_due_bar(self) -> float:
        """How long the line below both is."""
        return round(self.past_due * self.unit, 2)


@dataclass(frozen=True, slots=True)
class Balance:
    """How what was open became what is open; `causes` say in words what closed it."""

    before: int
    opened: int
    closed: int
    causes: str
    now: int


@dataclass(frozen=True, slots=True)
class Ages:
    """The rows and their sums; `lower` is open and of lower severity, or of none known."""

    rows: tuple[AgeRow, ...]
    critical: int
    high: int
    past_due: int
    lower: int
    lower_past_due: int
    balance: Balance


def ages(report: Report) -> Ages:
    """Lay out what is open by age."""
    by_severity = report["ages"]
    critical, high = (by_severity[severity] for severity in URGENT)
    longest = max((critical[name]["open"] + high[name]["open"] for name in _NAMES), default=0)
    rows = tuple(
        AgeRow(
            name=shown,
            critical=critical[name]["open"],
            high=high[name]["open"],
            past_due=critical[name]["past_due"] + high[name]["past_due"],
            unit=100 / longest if longest else 0.0,
        )
        for name, shown in _NAMES.items()
    )
    lower = [
        age for name, found in by_severity.items() if name not in URGENT for age in found.values()
    ]
    return Ages(
        rows=rows,
        critical=sum(row.critical for row in rows),
        high=sum(row.high for row in rows),
        past_due=sum(row.past_due for row in rows),
        lower=_sum_open(lower),
        lower_past_due=sum(one["past_due"] for one in lower),
        balance=_balance(report["critical_and_high"]["episodes"]),
    )


def _balance(counts: Episodes) -> Balance:
    return Balance(
        before=counts["open"] + counts["closed"] - counts["opened"],
        opened=counts["opened"],
        closed=counts["closed"],
        causes=by_cause(counts["by_cause"].items()),
        now=counts["open"],
    )


def _sum_open(found: list[Age]) -> int:
    return sum(one["open"] for one in found)
