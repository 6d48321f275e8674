"""The weekly digest: what stands open, what moved, and what to do first, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from watcher.ports.post import Letter
from watcher.report.pages.sections.shape import Report
from watcher.report.pages.sections.watch import watch
from watcher.report.pages.sections.why import why
from watcher.report.pages.shown import visible

_DUE: Final = 5  # vulnerabilities named
_BUMPS: Final = 3
_LONGEST: Final = 600  # characters of a line
_URGENT: Final = ("CRITICAL", "HIGH")

Document = Mapping[str, Any]


def letter(told: Document, team: str | None, url: str | None, page: str = "") -> Letter:
    """Write a report down as a letter, to a team or to management; `url` is where more is."""
    week = str(told["as_of"])[:10]
    about = f"{team}: " if team is not None else ""
    late = sum(int(row["past_due"]) for row in told["teams"])
    subject = f"{about}{_urgent(told)} critical and high open, {late} past due ({week})"
    return Letter(_line(subject), "\n".join([*_lines(told, late, url)]) + "\n", page)


def _lines(told: Document, late: int, url: str | None) -> Iterator[str]:
    coverage = told["coverage"]
    yield f"As of {told['as_of']}, over the days since {told['since']}."
    yield ""
    yield f"Open, critical and high: {_urgent(told)}"
    yield f"Past due: {late}"
    yield f"Median exposure: {_days(told['figures']['km_median_days'])}"
    yield f"Exposure-days: {_days(told['figures']['exposure_days'])}"
    yield f"Covered: {coverage['covered']} of {coverage['streams']} streams"
    if coverage["covered"] < coverage["streams"]:
        yield "What is not covered may be exposed and not show here."
    report = cast("Report", told)
    sentence = "".join(one.text for one in why(report, watch(report)))
    if sentence:
        yield from ("", _line(sentence))
    yield from _due(told)
    yield from _bumps(told)
    if url is not None:
        yield from ("", f"All of it: {url}/")


def _due(told: Document) -> Iterator[str]:
    first = told["due"][:_DUE]
    if first:
        yield from ("", "Due first:")
    for one in first:
        word = "overdue since" if one["overdue"] else "due"
        packages = ", ".join(one["packages"][:2])
        yield _line(
            f"- {one['vulnerability']} ({one['severity'].lower()}) in {packages}, {word} "
            f"{str(one['due'])[:10]}, in {one['windows']} streams"
        )


def _bumps(told: Document) -> Iterator[str]:
    listed = [one for one in told["bumps"] if one.get("state") == "open"][:_BUMPS]
    if listed:
        yield from ("", "What would end most:")
    for one in listed:
        yield _line(f"- {one['base']}, for {one['team']}")


def _urgent(told: Document) -> int:
    return sum(int(row["open"].get(one, 0)) for row in told["teams"] for one in _URGENT)


def _days(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return f"not estimable ({figure['reason']})"
    between = f" ({figure['ci'][0]:.0f} to {figure['ci'][1]:.0f})" if figure["ci"] else ""
    return f"{figure['value']:.0f}{between} days"


def _line(text: str) -> str:
    """A text on one line, in which what hides or turns letters is written out."""
    return visible(" ".join(text.split()), _LONGEST)
