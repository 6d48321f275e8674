"""What stands above the figures: as of when, of what, how well covered, watched since when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from watcher.report.figures.stretch import UNOWNED
from watcher.report.pages.sections.shape import Accepted, Coverage, Knowledge, Report, Uncovered
from watcher.report.pages.sections.watch import Span, Watch

_PRINTED = 3
_LISTED = 100


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason why streams are not covered, without its details, and how many it concerns."""

    text: str
    streams: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a report; shares are between 0 and 1."""

    as_of: str
    streams: int
    covered: int
    teams: int
    unowned: int  # streams without a team
    stream_days_share: float | None
    first_detected: str | None
    period: Span
    reasons: tuple[Reason, ...]
    uncovered: tuple[Uncovered, ...]  # the first, with reasons
    unlisted: int  # how many more are not covered
    knowledge: Knowledge | None
    accepted: Accepted | None = None  # None too where nothing is accepted

    @property
    def known(self) -> bool:
        """Whether anything was ever watched; else there is nothing to say, and no figure is 0."""
        return self.streams > 0 or self.first_detected is not None

    @property
    def share(self) -> float | None:
        """The share of streams covered; None without any."""
        return self.covered / self.streams if self.streams else None


def facts(report: Report, watch: Watch) -> Facts:
    """Gather the facts."""
    coverage = report["coverage"]
    uncovered, accepted = coverage["uncovered"], report.get("accepted")
    return Facts(
        as_of=report["as_of"],
        streams=coverage["streams"],
        covered=coverage["covered"],
        teams=sum(row["streams"] > 0 and row["team"] != UNOWNED for row in report["teams"]),
        unowned=sum(row["streams"] for row in report["teams"] if row["team"] == UNOWNED),
        stream_days_share=coverage["stream_days_share"],
        first_detected=report["first_detected"],
        period=watch.now,
        reasons=_reasons(coverage),
        uncovered=tuple(uncovered[:_LISTED]),
        unlisted=len(uncovered[_LISTED:]),
        knowledge=report.get("knowledge"),
        accepted=accepted if accepted and any(accepted.values()) else None,
    )


def _reasons(coverage: Coverage) -> tuple[Reason, ...]:
    """The commonest reasons; what stands behind the first colon differs from stream to stream."""
    found = Counter(one["reason"].partition(": ")[0] for one in coverage["uncovered"])
    common = found.most_common(_PRINTED)
    rest = found.total() - sum(number for _, number in common)
    other = (Reason("other reasons", rest),) if rest else ()
    return (*(Reason(text, number) for text, number in common), *other)
