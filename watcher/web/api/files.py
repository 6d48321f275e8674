"""The management report, published reports and an image's packages: each as a file in its form."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response

from watcher.domain.errors import PermanentError, StartError, TransientError
from watcher.reading import browse, management
from watcher.reading.instants import parse_instant
from watcher.report import cyclonedx, published
from watcher.report.pages.report import page
from watcher.report.sheets import published as published_sheet
from watcher.report.sheets.report import FIGURES, figures, sheets
from watcher.report.sheets.separated import sheet
from watcher.report.sheets.workbook import MEDIA_TYPE, made_at, workbook
from watcher.web import answers
from watcher.web.access.person import Who
from watcher.web.api.answering import AsOf, KnownNow, Word
from watcher.web.api.described import FILES, answers_with
from watcher.web.api.etags import etag_of, tagged, unchanged
from watcher.web.api.written import CSV, Format, Listed, answered, as_file
from watcher.web.asked import LONGEST, given, image_asked
from watcher.web.site import Site

_PUBLISHED = Listed("published", published_sheet.COLUMNS, published_sheet.rows)
_WHOLE = 1_000_000  # packages of an image
ReportFormat = Annotated[
    Literal["json", "csv", "xlsx", "pdf", "html"],
    Query(alias="format", description="csv has the figures alone; pdf needs a Chromium here."),
]


def routes(site: Site) -> APIRouter:
    """The routes of files."""
    router = APIRouter(prefix="/api/v1", default_response_class=Response)

    @router.get("/report", responses=answers_with("report", FILES))
    def report(
        *,
        who: Who,
        request: Request,
        as_of: AsOf = None,
        known_now: KnownNow = False,
        since: Word = None,
        format_: ReportFormat = "json",
    ) -> Response:
        """The management report's figures."""
        begin = given(since)
        period = parse_instant("since", begin) if begin else None
        record = site.reading(who, as_of, known_now=known_now)
        etag = etag_of(record, request, site.configuration)
        return unchanged(request, etag) or tagged(
            _report(site, management.report(record, period), format_), etag
        )

    @router.get("/published", responses=answers_with("published"))
    def listed(who: Who, format_: Format = "json") -> Response:
        """The reports that were published: for those who see every stream."""
        _whole_sight(who)
        return answered(published.document(site.app.archive.listed()), format_, _PUBLISHED)

    @router.get("/published/{number}", responses=answers_with("report", ()))
    def one(who: Who, number: int) -> Response:
        """A published report, byte for byte."""
        _whole_sight(who)
        try:
            body = site.app.archive.body(number) if 0 <= number < 1 << 31 else b""
        except KeyError:
            body = b""
        if not body:
            raise HTTPException(HTTPStatus.NOT_FOUND, "No report of this number was published.")
        return Response(body, media_type=answers.JSON)

    @router.get(
        "/cyclonedx", responses=answers_with("cyclonedx", [cyclonedx.MEDIA_TYPE], document=False)
    )
    def packages(
        who: Who, image: Annotated[str, Query(max_length=LONGEST)], as_of: AsOf = None
    ) -> Response:
        """The packages of an image, `local/shop/api@sha256:…`, as CycloneDX 1.6."""
        asked, record = image_asked(image), site.reading(who, as_of)
        found = browse.image(record, *asked) if asked else None
        if asked is None or found is None or found.packages is None:
            raise HTTPException(
                HTTPStatus.NOT_FOUND, "No image of this name is catalogued for a stream."
            )
        listed_ = site.app.browsing.packages(found.number, record.upto, 0, _WHOLE)
        told = cyclonedx.bom(str(asked[0]), found, listed_, record.as_of)
        return as_file(told.encode(), cyclonedx.MEDIA_TYPE, "image.cdx.json")

    return router


def _whole_sight(who: Who) -> None:
    if who.teams is not None:
        line = "Published reports are about every stream, and you see some."
        raise HTTPException(HTTPStatus.FORBIDDEN, line)


def _report(site: Site, told: dict[str, object], wanted: str) -> Response:
    if wanted == "json":
        return answers.document(told)
    if wanted == "csv":
        return as_file(sheet(figures(told), FIGURES).encode(), CSV, "report.csv")
    if wanted == "xlsx":
        return as_file(workbook(sheets(told), made_at(told)), MEDIA_TYPE, "report.xlsx")
    drawn = page(told, standalone=True)
    if wanted == "html":
        return as_file(drawn.encode(), "text/html; charset=utf-8", "report.html")
    try:
        return as_file(site.app.paper.printed(drawn), "application/pdf", "report.pdf")
    except (PermanentError, TransientError) as error:
        raise StartError(str(error)) from None
