"""The documents of lists, each from one reading of the record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from watcher.domain.ticket import BumpTicket, Terms
from watcher.ports.store.bumps import Remembered
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.views import FirstHoldings, Search, StreamHead, WatchedImage
from watcher.reading.memory import A_PASS
from watcher.reading.reading import Reading
from watcher.report import bumps as bump_report
from watcher.report import exposures as exposure_report
from watcher.report import find as find_report
from watcher.report import images as image_report
from watcher.report import knowledge as knowledge_report
from watcher.report import streams as stream_report

Document = dict[str, Any]


def streams(record: Reading) -> Document:
    """What every stream points to, and whether it is covered."""
    rows, seen = record.kept("streams", lambda: _stream_rows(record)), record.seen
    if seen is not None:
        rows = [
            (number, row)
            for number, row in rows
            if (record.owns(str(row["name"])) if number is None else number in seen)
        ]
    told = stream_report.document(record.as_of, (), {}, ())
    return {**told, "streams": [row for _, row in rows]}


def heads(record: Reading) -> list[StreamHead]:
    """What every stream that is seen points to."""
    found, seen = _heads(record), record.seen
    return [one for one in found if seen is None or one.track.stream in seen]


def _heads(record: Reading) -> list[StreamHead]:
    return record.kept("heads", lambda: record.app.views.streams(record.upto), A_PASS)


def _stream_rows(record: Reading) -> list[tuple[int | None, dict[str, object]]]:
    """A row for each stream with its number, whoever asks; None for what was never listed."""
    every, unlisted = _heads(record), record.app.views.unlisted(record.upto)
    told: Any = stream_report.document(record.as_of, every, record.coverage(), unlisted)
    numbers: list[int | None] = [one.track.stream for one in every]
    numbers += [None] * len(unlisted)
    return list(zip(numbers, told["streams"], strict=True))


def images(record: Reading) -> Document:
    """The images that streams point to."""
    found = filter(None, (_seen(one, record.seen) for one in record.app.views.images(record.upto)))
    return image_report.document(record.as_of, found, record.coverage())


def _seen(image: WatchedImage, seen: frozenset[int] | None) -> WatchedImage | None:
    """An image with the streams alone that are seen; None where none of them is."""
    if seen is None:
        return image
    pairs = zip(image.streams, image.tracks, strict=True)
    kept = [(name, track) for name, track in pairs if track.stream in seen]
    names, tracks = (tuple(one) for one in zip(*kept, strict=True)) if kept else ((), ())
    return replace(image, streams=names, tracks=tracks) if kept else None


def exposures(record: Reading, wanted: WindowFilter) -> Document:
    """The windows that a filter leaves."""
    covered = {track: one.covered for track, one in record.coverage().items()}
    wanted = replace(wanted, until=record.until, streams=record.seen)
    windows = record.app.exposures.windows(wanted, record.upto)
    accepted = record.app.views.accepted(record.upto)
    owner_of, judge = record.config.owner_of, record.judge()
    told = exposure_report.document(record.as_of, windows, owner_of, covered, judge, accepted)
    return told | {"known_now": record.until is not None}


def window_numbers(record: Reading, wanted: WindowFilter, after: int, at_most: int) -> list[int]:
    """The numbers of some windows that a filter leaves, the next ones behind a number.

    What only folding tells is not asked yet: a severity, and whether it was open at a past time.
    """
    wanted = replace(wanted, until=record.until, streams=record.seen)
    return record.app.exposures.numbers(wanted, record.upto, after, at_most)


def find(record: Reading, text: str, search: Search) -> Document:
    """What holds a package or is exposed; `search` is what the text was read as."""
    found, seen = record.app.views.find(search, record.upto), record.seen
    holdings = [one for one in found if seen is None or one.track.stream in seen]
    return _find(record, text, FirstHoldings.whole(holdings))


def find_first(record: Reading, text: str, search: Search, at_most: int) -> tuple[Document, bool]:
    """The same with the first so many findings, and whether there are more."""
    found = record.app.views.first_holdings(search, record.upto, at_most, record.seen)
    return _find(record, text, found), found.more


def _find(record: Reading, text: str, found: FirstHoldings) -> Document:
    return find_report.document(text, record.as_of, found, heads(record), record.coverage())


def bumps(record: Reading) -> Document:
    """The bumps planned by the last pass, with their tickets."""
    planned, remembered = record.kept("bumps", lambda: _bumps(record), A_PASS)
    if record.sight is not None:
        planned = [one for one in planned if one.cause.team in record.sight.teams]
    terms = Terms(dismissal=record.config.tickets.dismissal)
    return bump_report.document(record.as_of, planned, remembered, {}, terms)


def _bumps(record: Reading) -> tuple[list[BumpTicket], list[Remembered]]:
    bumps_ = record.app.bumps
    return bumps_.planned(record.upto), bumps_.remembered(record.upto)


def knowledge(record: Reading) -> Document:
    """The versions of knowledge; what they changed is listed for those who see every stream."""
    versions = record.kept("knowledge", lambda: record.app.views.knowledge(record.upto), A_PASS)
    if record.sight is not None:
        versions = [replace(one, changes=replace(one.changes, listed=())) for one in versions]
    return knowledge_report.document(record.as_of, versions)
