"""A number of the management report with what it was counted from, from one reading."""

from __future__ import annotations

from datetime import datetime

from watcher.domain.errors import UsageError
from watcher.ports.store.exposures import ReadWindow, WindowFilter
from watcher.reading.management import Draft
from watcher.reading.reading import Reading
from watcher.report.explain.beside import Scene, made
from watcher.report.explain.document import Asked, Document, of_others, of_stretches
from watcher.report.explain.path import Path, found, named
from watcher.report.explain.question import Report, question
from watcher.report.explain.walk import walk
from watcher.report.figures.united import united
from watcher.report.times import stamp


def explain(record: Reading, text: str, since: datetime | None, most: int) -> Document:
    """Walk a number down; at most so many parts are told of, all are summed.

    Raises UsageError for what is no number of the report.
    """
    draft = Draft.of(record, since)
    return explained(draft, draft.document(), text, most)


def explained(draft: Draft, report: Report, text: str, most: int) -> Document:
    """Walk a number of a report down that was drawn before."""
    path, value = found(report, text)
    record = draft.record
    known_now = record.until is not None
    asked = Asked(path, value, _reason(report, path), draft.period, known_now, record.upto)
    question_ = question(path, report, draft.beside, draft.period)
    if question_ is None:
        scene = Scene(report, draft.period, draft.watched, draft.beside, _heads(record))
        others = made(path, scene)
        if others is None:
            raise UsageError(f"{named(path)} cannot be walked down: nobody knows what it counts")
        return of_others(asked, others, most)
    stretches = united(draft.stretches())
    walked = walk(question_, stretches, draft.period, draft.policy, most)
    numbers = frozenset(number for one in walked.parts for number in one.stretch.windows)
    grounds = record.app.grounds.under(numbers, record.upto)
    return of_stretches(asked, walked, _windows(record, numbers), grounds)


def _windows(record: Reading, numbers: frozenset[int]) -> dict[int, ReadWindow]:
    wanted = WindowFilter(milestones=False, numbers=numbers, until=record.until)
    return {one.number: one for one in record.app.exposures.windows(wanted, record.upto)}


def _heads(record: Reading) -> dict[str, Document]:
    """What each stream pointed to, on each platform, and whether that is covered."""
    judged = record.coverage()
    found: dict[str, list[Document]] = {}
    for head in record.app.views.streams(record.then):
        one = judged.get(head.track)
        told: Document = {
            "platform": head.track.platform,
            "image": head.image,
            "since": stamp(head.since),
            "covered": one.covered if one else False,
            "reason": one.reason if one else None,
            "warning": one.warning if one else None,
        }
        found.setdefault(head.stream, []).append(told)
    return {name: {"heads": heads} for name, heads in found.items()}


def _reason(report: Report, path: Path) -> str | None:
    """Why a figure has no value; None where it has one, or is no figure."""
    around: object = report
    for step in path[:-1]:
        around = around[step]  # type: ignore[index] # the path was found in it
    return around.get("reason") if isinstance(around, dict) and path[-1] == "value" else None
