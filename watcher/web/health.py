"""Whether the web lives, and whether it has something to show: for those who keep it running."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

from watcher.domain.errors import StartError
from watcher.report.times import stamp
from watcher.web import answers
from watcher.web.site import Site


def routes(site: Site) -> APIRouter:
    """`/healthz` and `/readyz`."""
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    def healthz() -> Response:
        return answers.document({"schema": "watcher/health/1", "alive": True})

    @router.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        reason = missing(site)
        told = {
            "schema": "watcher/ready/1",
            "ready": reason is None,
            "reason": reason,
            "parts": dict(site.parts()),
        }
        return answers.document(
            told, HTTPStatus.OK if reason is None else HTTPStatus.SERVICE_UNAVAILABLE
        )

    return router


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
