"""Answers: a page drawn from a template, a document as JSON, and what went wrong in one line."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from watcher.report.pages.environment import render
from watcher.report.written import written
from watcher.web.addresses import Addresses

JSON: Final = "application/json"
API: Final = "/api/"
HOOKS: Final = "/hooks/"
SHEET: Final = "web.css"


def page(template: str, told: Mapping[str, object], status: int = HTTPStatus.OK) -> Response:
    """Draw a page of the web."""
    return HTMLResponse(render(f"web/{template}.html", told, sheets=(SHEET,)), status)


def document(told: Mapping[str, object], status: int = HTTPStatus.OK) -> Response:
    """A document, byte for byte as the command line writes it."""
    return Response(written(told), status, media_type=JSON)


def refusal(path: str, status: int, line: str) -> Response:
    """Say in one line why there is no answer: as JSON below `/api/`, else as a page.

    Who sends a hook gets the line alone.
    """
    if path.startswith(HOOKS):
        return PlainTextResponse(f"{line}\n", status)
    if path.startswith(API):
        return document({"schema": "watcher/error/1", "status": status, "error": line}, status)
    title = HTTPStatus(status).phrase
    told = {"at": Addresses(), "status": status, "title": title, "line": line}
    return page("refusal", told, status)
