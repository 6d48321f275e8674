"""`/api/v1/exposures`: the windows, whole or in parts."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from watcher.domain.package import SEVERITIES
from watcher.ports.store.exposures import WindowFilter
from watcher.reading import documents
from watcher.web.access.person import Who
from watcher.web.api.answering import LISTS, Answering, AsOf, Document, KnownNow, Word
from watcher.web.api.described import answers_with
from watcher.web.api.parts import After, Limit, Part, cursor
from watcher.web.api.written import Format
from watcher.web.asked import given, one_of
from watcher.web.site import Site


def routes(site: Site) -> APIRouter:
    """The route."""
    router = APIRouter(prefix="/api/v1", default_response_class=Response)
    answering = Answering(site)

    @router.get("/exposures", responses=answers_with("exposures"))
    def exposures(  # noqa: PLR0913 - a filter each
        *,
        who: Who,
        request: Request,
        open: bool = False,  # noqa: A002 - as the command line's option is called
        stream: Word = None,
        vulnerability: Word = None,
        severity: Word = None,
        as_of: AsOf = None,
        known_now: KnownNow = False,
        limit: Limit = None,
        after: After = None,
        format_: Format = "json",
    ) -> Response:
        """The exposure windows, each with its episodes."""
        named = one_of("severity", severity, SEVERITIES) if given(severity) else None
        record = site.reading(who, as_of, known_now=known_now)
        wanted = WindowFilter(open, given(stream), given(vulnerability), named)
        part = Part.asked(limit, after)

        def told() -> Document:
            if part is None:
                return documents.exposures(record, wanted)
            numbers = documents.window_numbers(record, wanted, part.number(), part.limit + 1)
            shown = frozenset(numbers[: part.limit])
            more = [numbers[part.limit - 1]] if len(numbers) > part.limit else None
            document = documents.exposures(record, replace(wanted, numbers=shown))
            return {**document, "next": cursor(more)}

        return answering.listed(request, record, (LISTS["exposures"], format_), told)

    return router
