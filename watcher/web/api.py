"""`/api/v1`: the documents of the command line over HTTP, byte for byte."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from watcher.domain.package import SEVERITIES
from watcher.ports.store.exposures import WindowFilter
from watcher.reading import documents, management
from watcher.reading.instants import parse_instant
from watcher.report.search import parse_search
from watcher.web import answers
from watcher.web.access.person import Who
from watcher.web.asked import given, one_of
from watcher.web.site import Site

AsOf = Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")]

KnownNow = Annotated[bool, Query(description="With as_of: what is known now to have been so then.")]


def routes(site: Site) -> APIRouter:
    """A route for each document."""
    router = APIRouter(prefix="/api/v1", default_response_class=Response)

    @router.get("/report")
    def report(
        *, who: Who, as_of: AsOf = None, known_now: KnownNow = False, since: str | None = None
    ) -> Response:
        """The management report's figures."""
        begin = given(since)
        period = parse_instant("since", begin) if begin else None
        record = site.reading(who, as_of, known_now=known_now)
        return answers.document(management.report(record, period))

    @router.get("/exposures")
    def exposures(  # noqa: PLR0913 - a filter each
        *,
        who: Who,
        open: bool = False,  # noqa: A002 - as the command line's option is called
        stream: str | None = None,
        vulnerability: str | None = None,
        severity: str | None = None,
        as_of: AsOf = None,
        known_now: KnownNow = False,
    ) -> Response:
        """The exposure windows, each with its episodes."""
        named = one_of("severity", severity, SEVERITIES) if given(severity) else None
        record = site.reading(who, as_of, known_now=known_now)
        wanted = WindowFilter(open, given(stream), given(vulnerability), named)
        return answers.document(documents.exposures(record, wanted))

    @router.get("/streams")
    def streams(who: Who, as_of: AsOf = None) -> Response:
        """What is watched, where each stream points to, and whether it is covered."""
        return answers.document(documents.streams(site.reading(who, as_of)))

    @router.get("/images")
    def images(who: Who, as_of: AsOf = None) -> Response:
        """The images that streams point to."""
        return answers.document(documents.images(site.reading(who, as_of)))

    @router.get("/knowledge")
    def knowledge(who: Who, as_of: AsOf = None) -> Response:
        """The versions of knowledge, and what each one changed."""
        return answers.document(documents.knowledge(site.reading(who, as_of)))

    @router.get("/bumps")
    def bumps(who: Who) -> Response:
        """Base-image bumps and their tickets."""
        return answers.document(documents.bumps(site.reading(who, None)))

    @router.get("/find")
    def find(who: Who, q: str, as_of: AsOf = None) -> Response:
        """Who holds a package or is exposed to a vulnerability."""
        search = parse_search(q)
        return answers.document(documents.find(site.reading(who, as_of), q, search))

    return router
