"""`/`: the management report, the same page as the file that the command writes."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from watcher.reading import management
from watcher.reading.instants import parse_instant
from watcher.report.pages.report import page
from watcher.web.access.person import Who
from watcher.web.asked import given
from watcher.web.site import Site


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    def report(who: Who, as_of: str | None = None, since: str | None = None) -> Response:
        begin = given(since)
        period = parse_instant("since", begin) if begin else None
        told = management.report(site.reading(who, as_of), period)
        around = {"asked_as_of": given(as_of), "who": who}
        return HTMLResponse(page(told, standalone=False, around=around))

    return router
