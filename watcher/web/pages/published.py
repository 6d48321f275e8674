"""`/published`: the reports that were handed on, newest first."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Response

from watcher.report.published import document
from watcher.web.access.person import Who
from watcher.web.asked import page_number
from watcher.web.paging import Paging
from watcher.web.site import Site

_PAGE: Final = 100


def routes(site: Site) -> APIRouter:
    """The page's route, for those who see every stream."""
    router = APIRouter()

    @router.get("/published", include_in_schema=False)
    def published(who: Who, page: str | None = None) -> Response:
        if who.teams is not None:
            raise HTTPException(403, "Published reports are about every stream, and you see some.")
        record, at, number = site.reading(who, None), site.addresses(None), page_number(page)
        told: Any = document(site.app.archive.listed())["published"]
        rows = told[::-1]
        paging = Paging(
            number, _PAGE, len(rows), lambda one: at.page("/published", [("page", one)])
        )
        shown = rows[paging.first_shown - 1 : paging.last_shown]
        return site.show(who, "published", record, at, {"rows": shown, "paging": paging})

    return router
