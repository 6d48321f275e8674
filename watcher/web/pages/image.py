"""`/images/…`: what one image consists of, what was found in it, and what it is built on."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Response

from watcher.domain.reference import Repository
from watcher.ports.store.browsing import Pointing, ShownImage
from watcher.reading import browse
from watcher.reading.reading import Reading
from watcher.report.times import stamp
from watcher.web.access.person import Who
from watcher.web.addresses import Addresses
from watcher.web.asked import image_asked, page_number
from watcher.web.paging import Paging
from watcher.web.site import Site

_PAGE = 200
_FINDINGS = 200


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/images/{name:path}", include_in_schema=False)
    def image(who: Who, name: str, page: str | None = None, as_of: str | None = None) -> Response:
        asked = image_asked(name)
        record, at = site.reading(who, as_of), site.addresses(as_of)
        found = browse.image(record, *asked) if asked else None
        if asked is None or found is None:
            raise HTTPException(404, "No stream was ever seen to point to an image of this name.")
        told = _told(record, at, asked[0], found, page_number(page))
        return site.show(who, "image", record, at, told)

    return router


def _told(
    record: Reading, at: Addresses, repository: Repository, image: ShownImage, number: int
) -> Mapping[str, object]:
    browsing, upto = record.app.browsing, record.upto
    total, findings = browsing.findings(image.number, upto, _FINDINGS)
    path = at.image(str(repository), image.digest).partition("?")[0]
    paging = Paging(number, _PAGE, image.packages or 0, lambda one: at.page(path, [("page", one)]))
    return {
        "repository": str(repository),
        "image": image,
        "created": stamp(image.created),
        "layers": {layer: place for place, layer in enumerate(image.diff_ids, 1)},
        "pointing": [_pointing(one) for one in browse.pointing(record, image.number)],
        "findings": findings,
        "findings_total": total,
        "packages": browsing.packages(image.number, upto, (number - 1) * _PAGE, _PAGE),
        "paging": paging,
    }


def _pointing(one: Pointing) -> Mapping[str, object]:
    return {
        "stream": one.stream.stream,
        "platform": one.stream.track.platform,
        "published": one.stream.published,
        "since": stamp(one.since),
        "until": stamp(one.until),
    }
