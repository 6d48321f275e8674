"""Whether the process lives, which part of it is ill, and whether the web has what to show."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, Response

from watcher.domain.errors import StartError
from watcher.report.times import stamp
from watcher.web import answers
from watcher.web.site import Part, Site

__all__ = ["Part", "missing", "routes"]


def routes(site: Site) -> APIRouter:
    """`/healthz` and `/readyz`."""
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    def healthz() -> Response:
        # 200 while it can answer: a process that is started again finds the same database away.
        return answers.document(health(site))

    @router.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        reason = missing(site)
        told = {
            "schema": "watcher/ready/1",
            "ready": reason is None,
            "reason": reason,
            "parts": {name: one.says for name, one in site.parts().items()},
        }
        return answers.document(
            told, HTTPStatus.OK if reason is None else HTTPStatus.SERVICE_UNAVAILABLE
        )

    return router


def health(site: Site) -> Mapping[str, object]:
    """Every part with what it says, and by name those that are ill; the record is one of them."""
    reason = missing(site)
    record = Part("has fresh passes to show") if reason is None else Part(reason, well=False)
    parts = {**site.parts(), "record": record}
    ill = sorted(name for name, one in parts.items() if not one.well)
    return {
        "schema": "watcher/health/1",
        "alive": True,
        "well": not ill,
        "ill": ill,
        "parts": {name: {"well": one.well, "says": one.says} for name, one in parts.items()},
    }


def missing(site: Site) -> str | None:
    """What is missing, None where nothing is."""
    try:
        if not site.app.database.state().ready:
            return "the database is not migrated"
        last = site.app.views.finished(None)
    except StartError:
        return "the database cannot be read"
    if last is None:
        return "no pass was completed yet"
    if site.now() - last.started_at > site.app.config.stale_after:
        return f"no pass was completed since {stamp(last.started_at)}: see who makes passes"
    return None
