"""`/knowledge`: every version of knowledge, and what each one changed."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from watcher.reading import documents
from watcher.web.access.person import Who
from watcher.web.asked import page_number
from watcher.web.changes import WORDS
from watcher.web.paging import Paging
from watcher.web.site import Site

_PAGE = 100
_CHANGES: Final = 50  # shown below the versions


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/knowledge", include_in_schema=False)
    def knowledge(who: Who, page: str | None = None, as_of: str | None = None) -> Response:
        record, at = site.reading(who, as_of), site.addresses(as_of)
        every = documents.knowledge(record)["knowledge"][::-1]
        number = page_number(page)
        paging = Paging(
            number, _PAGE, len(every), lambda one: at.page("/knowledge", [("page", one)])
        )
        rows = every[paging.first_shown - 1 : paging.last_shown]
        listed = [(one, change) for one in rows for change in one["changes_listed"]]
        told = {"changes": listed[:_CHANGES], **WORDS}
        return site.show(who, "knowledge", record, at, {"rows": rows, "paging": paging, **told})

    return router
