"""`/bumps`: what newer bases would end, for which streams, and the tickets about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Response

from watcher.domain.package import SEVERITIES
from watcher.reading import documents
from watcher.web.access.person import Who
from watcher.web.site import Site

_STATES = ("open", "waiting", "no_fixed_base", "dismissed", "done")
Bump = Mapping[str, Any]


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/bumps", include_in_schema=False)
    def bumps(who: Who) -> Response:
        record = site.reading(who, None)
        found = sorted(documents.bumps(record)["bumps"], key=_urgency)
        rows = [{**one, "severities": severities(one["fixes"])} for one in found]
        open_ = sum(one["state"] == "open" for one in rows)
        told = {"rows": rows, "open": open_}
        return site.show(who, "bumps", record, site.addresses(None), told)

    return router


def severities(fixes: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """How many there are of each severity, the worst first."""
    counted = Counter(one["severity"] for one in fixes)
    return [(one, counted[one]) for one in SEVERITIES if counted[one]]


def _urgency(bump: Bump) -> tuple[int, float, str]:
    """What is open comes first, and of that what would end most."""
    state = bump["state"]
    place = _STATES.index(state) if state in _STATES else len(_STATES)
    return place, -bump["exposure_days_per_week"], bump["key"]
