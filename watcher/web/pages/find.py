"""`/find`: a package, a vulnerability, an image or a stream, by some part of its name."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response

from watcher.ports.store.views import StreamHead
from watcher.reading import browse, documents
from watcher.reading.reading import Reading
from watcher.report.search import parse_search
from watcher.web.access.person import Who
from watcher.web.asked import given
from watcher.web.site import Site

_FOUND = 200  # rows shown of each kind


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/find", include_in_schema=False)
    def find(who: Who, q: str | None = None, as_of: str | None = None) -> Response:
        text = given(q)
        search = parse_search(text) if text else None
        record = site.reading(who, as_of)
        told: Mapping[str, object] = {"q": "", "found": None}
        if text and search:
            found, more = documents.find_first(record, text, search, _FOUND)
            told = {**_told(record, text), "found": found, "more": more}
        return site.show(who, "find", record, site.addresses(as_of), told)

    return router


def _told(record: Reading, text: str) -> Mapping[str, object]:
    named = [one for one in documents.heads(record) if _names(one, text.lower())]
    flaw = browse.flaw(record, text)
    return {
        "q": text,
        "named": named[:_FOUND],
        "named_more": max(0, len(named) - _FOUND),
        "flaw": flaw,
    }


def _names(head: StreamHead, text: str) -> bool:
    """Whether a stream's name holds the text, or its digests begin with it."""
    whole = f"{head.stream}@{head.track.platform}".lower()
    digests = filter(None, (head.image, head.target))
    return text in whole or any(
        one.startswith(text) or one.removeprefix("sha256:").startswith(text) for one in digests
    )
