"""How long anybody watched: the periods of a report against its first detection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.report.pages.sections.shape import Report
from watcher.report.pages.wording import instant

_SLACK = timedelta(days=1)  # coverage is sampled once a day


@dataclass(frozen=True, slots=True)
class Span:
    """A period, and how many of its days were watched; `days` is its whole length."""

    days: float
    watched: float

    @property
    def whole(self) -> bool:
        """Whether all of it was watched, as far as a report can tell."""
        return self.days - self.watched <= _SLACK / timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watch:
    """The period, and the one before; None where there is none."""

    now: Span
    before: Span | None

    @property
    def comparable(self) -> bool:
        """Whether sums over both periods can be compared."""
        return self.before is not None and self.before.whole

    @property
    def known_before(self) -> bool:
        """Whether anything of the period before was watched."""
        return self.before is not None and self.before.watched > 0


def watch(report: Report) -> Watch:
    """Judge both periods; before the first detection nobody watched."""
    first = report["first_detected"]
    seen = instant(first) if first else None
    previous = report["previous"]
    return Watch(
        _span(report["since"], report["as_of"], seen),
        _span(previous["since"], previous["as_of"], seen) if previous else None,
    )


def _span(since: str, as_of: str, seen: datetime | None) -> Span:
    begin, end = instant(since), instant(as_of)
    watched = end - min(max(begin, seen), end) if seen else timedelta()
    return Span((end - begin) / timedelta(days=1), watched / timedelta(days=1))
