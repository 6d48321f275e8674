"""`/coverage`: what the figures do not rest on, and why; and what failed when last tried."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from watcher.ports.store.calls import SCHEDULE
from watcher.reading import browse, documents
from watcher.reading.reading import Reading
from watcher.report.figures.stretch import team_name
from watcher.report.streams import united
from watcher.report.times import stamp
from watcher.web.access.forms import Form
from watcher.web.access.person import Operator, Who
from watcher.web.site import Site

_LOG: Final = logging.getLogger(__name__)
_AT_MOST = 500  # rows of a table; what is beyond is counted


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/coverage", include_in_schema=False)
    def coverage(who: Who, as_of: str | None = None, called: str | None = None) -> Response:
        record = site.reading(who, as_of)
        told = {**_told(record), "called": called is not None}
        return site.show(who, "coverage", record, site.addresses(as_of), told)

    @router.post("/passes", include_in_schema=False)
    def call(who: Operator, form: Form) -> Response:
        """Have everything listed and the knowledge asked for, as the clock does."""
        del form
        for name in ("knowledge", "inventory"):
            site.app.calls.call(f"{SCHEDULE}{name}", {})
        _LOG.info("%s asked for a pass over everything", ascii(who.name))
        return RedirectResponse("/coverage?called", HTTPStatus.SEE_OTHER)

    return router


def _told(record: Reading) -> Mapping[str, object]:
    owner_of = record.config.owner_of
    streams: list[dict[str, Any]] = documents.streams(record)["streams"]
    uncovered = [
        {**one, "team": team_name(owner_of(one["name"]))} for one in streams if not one["covered"]
    ]
    warned = [one for one in streams if one["warning"]]
    failures = browse.failures(record)
    return {
        "every": united(streams),
        "uncovered": uncovered[:_AT_MOST],
        "uncovered_more": max(0, len(uncovered) - _AT_MOST),
        "warned": warned[:_AT_MOST],
        "warned_more": max(0, len(warned) - _AT_MOST),
        "failures": [
            {
                "stage": one.stage,
                "subject": one.subject,
                "error": one.error,
                "retry": one.retry,
                "attempts": one.attempts,
                "since": stamp(one.since),
            }
            for one in failures[:_AT_MOST]
        ],
        "failures_more": max(0, len(failures) - _AT_MOST),
        "stale_after": record.config.stale_after.total_seconds() / 3600,
    }
