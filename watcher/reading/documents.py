"""The documents of lists, each from one reading of the record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from watcher.domain.ticket import Terms
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.views import Search
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
    views, upto = record.app.views, record.upto
    unlisted = views.unlisted(upto)
    return stream_report.document(record.as_of, views.streams(upto), record.coverage(), unlisted)


def images(record: Reading) -> Document:
    """The images that streams point to."""
    found = record.app.views.images(record.upto)
    return image_report.document(record.as_of, found, record.coverage())


def exposures(record: Reading, wanted: WindowFilter) -> Document:
    """The windows that a filter leaves."""
    covered = {track: one.covered for track, one in record.coverage().items()}
    wanted = replace(wanted, until=record.until)
    windows = record.app.exposures.windows(wanted, record.upto)
    accepted = record.app.views.accepted(record.upto)
    owner_of, judge = record.config.owner_of, record.judge()
    told = exposure_report.document(record.as_of, windows, owner_of, covered, judge, accepted)
    return told | {"known_now": record.until is not None}


def find(record: Reading, text: str, search: Search) -> Document:
    """What holds a package or is exposed; `search` is what the text was read as."""
    views, upto = record.app.views, record.upto
    holdings, heads = views.find(search, upto), views.streams(upto)
    return find_report.document(text, record.as_of, holdings, heads, record.coverage())


def bumps(record: Reading) -> Document:
    """The bumps planned by the last pass, with their tickets."""
    planned = record.app.bumps.planned(record.upto)
    remembered = record.app.bumps.remembered(record.upto)
    terms = Terms(dismissal=record.config.tickets.dismissal)
    return bump_report.document(record.as_of, planned, remembered, {}, terms)


def knowledge(record: Reading) -> Document:
    """The versions of knowledge."""
    return knowledge_report.document(record.as_of, record.app.views.knowledge(record.upto))
