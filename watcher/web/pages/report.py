"""`/`: the management report, the same page as the file that the command writes."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from watcher.reading import management
from watcher.reading.instants import parse_instant
from watcher.reading.reading import Reading
from watcher.report.figures.estimates import Document
from watcher.report.pages.report import page
from watcher.web.access.person import Who
from watcher.web.asked import given
from watcher.web.site import Site

_KEPT = timedelta(minutes=15)  # the page says of which time it is


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    def report(who: Who, as_of: str | None = None, since: str | None = None) -> Response:
        told = drawn(site.reading(who, as_of), given(since))
        around = {"asked_as_of": given(as_of), "who": who}
        return HTMLResponse(page(told, standalone=False, around=around))

    return router


def drawn(record: Reading, since: str | None = None) -> Document:
    """The report of what is seen, from a time asked for; kept for some minutes."""
    begin = parse_instant("since", since) if since else None
    of = ("report", begin, record.sight.teams if record.sight else None)
    return record.kept(of, lambda: management.report(record, begin, _KEPT / 2), _KEPT)
