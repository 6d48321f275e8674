"""A route for each document, byte for byte as the command line writes it where it is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from watcher.reading import documents
from watcher.report.search import parse_search
from watcher.web.access.person import Who
from watcher.web.api.answering import LISTS, Answering, AsOf, Document
from watcher.web.api.described import answers_with
from watcher.web.api.parts import After, Key, Limit, Part, cursor
from watcher.web.api.written import Format
from watcher.web.asked import LONGEST
from watcher.web.site import Site


def routes(site: Site) -> APIRouter:
    """The routes of lists."""
    router = APIRouter(prefix="/api/v1", default_response_class=Response)
    answering = Answering(site)

    @router.get("/streams", responses=answers_with("streams"))
    def streams(
        *,
        who: Who,
        request: Request,
        as_of: AsOf = None,
        limit: Limit = None,
        after: After = None,
        format_: Format = "json",
    ) -> Response:
        """What is watched, where each stream points to, and whether it is covered."""
        record, part = site.reading(who, as_of), Part.asked(limit, after)
        return answering.listed(
            request,
            record,
            (LISTS["streams"], format_),
            lambda: _cut(documents.streams(record), "streams", part, _stream_key),
        )

    @router.get("/images", responses=answers_with("images"))
    def images(
        *,
        who: Who,
        request: Request,
        as_of: AsOf = None,
        limit: Limit = None,
        after: After = None,
        format_: Format = "json",
    ) -> Response:
        """The images that streams point to."""
        record, part = site.reading(who, as_of), Part.asked(limit, after)
        return answering.listed(
            request,
            record,
            (LISTS["images"], format_),
            lambda: _cut(
                documents.images(record),
                "images",
                part,
                lambda one: [one["image"], one["platform"] or ""],
            ),
        )

    @router.get("/knowledge", responses=answers_with("knowledge"))
    def knowledge(
        *,
        who: Who,
        request: Request,
        as_of: AsOf = None,
        limit: Limit = None,
        after: After = None,
        format_: Format = "json",
    ) -> Response:
        """The versions of knowledge, and what each one changed."""
        record, part = site.reading(who, as_of), Part.asked(limit, after)
        return answering.listed(
            request,
            record,
            (LISTS["knowledge"], format_),
            lambda: _cut(
                documents.knowledge(record),
                "knowledge",
                part,
                lambda one: [one["applied_at"], one["seen_at"], one["scanner"], one["db"]],
            ),
        )

    @router.get("/bumps", responses=answers_with("bumps"))
    def bumps(
        *,
        who: Who,
        request: Request,
        limit: Limit = None,
        after: After = None,
        format_: Format = "json",
    ) -> Response:
        """Base-image bumps and their tickets."""
        record, part = site.reading(who, None), Part.asked(limit, after)
        return answering.listed(
            request,
            record,
            (LISTS["bumps"], format_),
            lambda: _cut(documents.bumps(record), "bumps", part, lambda one: [one["key"]]),
        )

    @router.get("/find", responses=answers_with("find"))
    def find(  # noqa: PLR0913 - a question, its time, its part and its form
        *,
        who: Who,
        request: Request,
        q: Annotated[str, Query(max_length=LONGEST)],
        as_of: AsOf = None,
        limit: Limit = None,
        after: After = None,
        format_: Format = "json",
    ) -> Response:
        """Who holds a package or is exposed to a vulnerability."""
        search, part = parse_search(q), Part.asked(limit, after)
        record = site.reading(who, as_of)
        return answering.listed(
            request,
            record,
            (LISTS["find"], format_),
            lambda: _cut(documents.find(record, q, search), "find", part, _finding_key),
        )

    return router


def _cut(
    told: Document, name: str, part: Part | None, key: Callable[[Mapping[str, Any]], Key]
) -> Document:
    """A document with a part of its list, and where the next one begins; whole without a part."""
    if part is None:
        return told
    entries, more = part.of(told[name], key)
    return {**told, name: entries, "next": cursor(more)}


def _stream_key(one: Mapping[str, Any]) -> Key:
    return [one["name"], one["platform"] or ""]


def _finding_key(one: Mapping[str, Any]) -> Key:
    names = ("stream", "platform", "image", "purl")
    return [
        not one["current"],
        *(one[name] for name in names),
        one["vulnerability"] or "",
        one["since"],
    ]
