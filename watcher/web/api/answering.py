"""Answers with lists: drawn where the one who asks has not got them yet, as the sheet asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response

from watcher.reading.reading import Reading
from watcher.report.sheets import bumps as bump_sheet
from watcher.report.sheets import exposures as exposure_sheet
from watcher.report.sheets import find as find_sheet
from watcher.report.sheets import images as image_sheet
from watcher.report.sheets import knowledge as knowledge_sheet
from watcher.report.sheets import streams as stream_sheet
from watcher.web.api.etags import etag_of, tagged, unchanged
from watcher.web.api.written import Listed, answered
from watcher.web.asked import LONGEST
from watcher.web.site import Site

AsOf = Annotated[
    str | None, Query(max_length=LONGEST, description="As it was known at this time (RFC 3339).")
]
KnownNow = Annotated[bool, Query(description="With as_of: what is known now to have been so then.")]
Word = Annotated[str | None, Query(max_length=LONGEST)]
Document = dict[str, Any]

LISTS: Final = {
    "exposures": Listed("exposures", exposure_sheet.COLUMNS, exposure_sheet.rows),
    "streams": Listed("streams", stream_sheet.COLUMNS, stream_sheet.rows),
    "images": Listed("images", image_sheet.COLUMNS, image_sheet.rows),
    "knowledge": Listed("knowledge", knowledge_sheet.COLUMNS, knowledge_sheet.rows),
    "bumps": Listed("bumps", bump_sheet.COLUMNS, bump_sheet.rows),
    "find": Listed("find", find_sheet.COLUMNS, find_sheet.rows),
}


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers with lists of a site."""

    site: Site

    def listed(
        self,
        request: Request,
        record: Reading,
        wanted: tuple[Listed, str],
        told: Callable[[], Document],
    ) -> Response:
        """A list in the format that is `wanted`; `told` draws it where it has to be."""
        etag = etag_of(record, request, self.site.configuration)
        listed, format_ = wanted
        return unchanged(request, etag) or tagged(answered(told(), format_, listed), etag)
