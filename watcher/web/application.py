"""The web put together: pages, documents, health, and the guard before them all."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from watcher import __version__
from watcher.bootstrap import App
from watcher.domain.errors import StartError, UsageError
from watcher.web import answers, health
from watcher.web.access import sign_in
from watcher.web.access.door import Door
from watcher.web.access.setting import keys_of, reception_of
from watcher.web.api import files, windows
from watcher.web.api import routes as api
from watcher.web.foresight import Foresight
from watcher.web.guard import Guard
from watcher.web.hooks import routes as hooks
from watcher.web.listening import Listening
from watcher.web.metrics import routes as metrics
from watcher.web.metrics.traffic import Counting, Traffic
from watcher.web.pages import (
    bumps,
    coverage,
    exposures,
    find,
    image,
    knowledge,
    published,
    report,
    stream,
    streams,
    tokens,
    vulnerability,
)
from watcher.web.site import Part, Site

_PAGES: Final = (
    report.routes,
    exposures.routes,
    streams.routes,
    stream.routes,
    image.routes,
    vulnerability.routes,
    bumps.routes,
    coverage.routes,
    knowledge.routes,
    published.routes,
    find.routes,
    tokens.routes,
)
_EVER_ASKED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_READERS: Final = 10  # requests that read at once; the pool of connections holds fifteen
_LOG: Final = logging.getLogger(__name__)


def make_application(
    app: App,
    now: Callable[[], datetime],
    parts: Callable[[], Mapping[str, Part]] = dict,
    *,
    ahead: bool = False,
) -> FastAPI:
    """Put the web over a watcher; raises UsageError where others could read without signing in.

    With `ahead` it works out what pages ask of the whole record before anybody asks.
    """
    where, site = Listening.of(app.config.web), Site(app, now, parts)
    made = FastAPI(
        title="watcher",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(site, ahead=ahead),
        telemetry=_telemetry(app.tracer),
    )
    reception = reception_of(app, where, now)
    traffic = Traffic()
    made.add_middleware(Door, keys=keys_of(app, reception))
    made.add_middleware(Counting, traffic=traffic)
    made.add_middleware(Guard, where=where, signed_in=reception is not None)
    made.add_exception_handler(StartError, _unavailable)
    made.add_exception_handler(UsageError, _misunderstood)
    made.add_exception_handler(RequestValidationError, _misread)
    made.add_exception_handler(HTTPException, _refused)
    for routes in (*_PAGES, files.routes, windows.routes, api.routes, health.routes, hooks.routes):
        made.include_router(routes(site))
    made.include_router(metrics.routes(site, traffic))
    if reception is not None:
        made.include_router(sign_in.routes(reception))
    made.mount("/static", StaticFiles(packages=[("watcher.report.pages", "static")]))
    return made


def _telemetry(tracer: Any) -> TelemetryConfig:  # noqa: ANN401 - a provider of OpenTelemetry's
    """A span for each request, but for those that come every few seconds; and nothing else."""
    return TelemetryConfig(
        tracer_provider=tracer,
        tracing=tracer is not None,
        metrics=False,
        logs=False,
        operation_spans=False,
        exclude=lambda scope: scope["path"] in _EVER_ASKED,
    )


def _lifespan(site: Site, *, ahead: bool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = _READERS
        with Foresight(site.whole, site.memory.renewing()).working() if ahead else nullcontext():
            yield

    return serving


def _unavailable(request: Request, error: Exception) -> Response:
    _LOG.error("%s", error)
    line = (
        "The database cannot be read now: it is locked, away, or not ready. "
        "watcher doctor says what is wrong."
    )
    return answers.refusal(request.url.path, HTTPStatus.SERVICE_UNAVAILABLE, line)


def _misunderstood(request: Request, error: Exception) -> Response:
    return answers.refusal(request.url.path, HTTPStatus.BAD_REQUEST, str(error))


def _misread(request: Request, _: Exception) -> Response:
    line = "What is asked cannot be read: see the address."
    return answers.refusal(request.url.path, HTTPStatus.BAD_REQUEST, line)


def _refused(request: Request, error: Exception) -> Response:
    status, line = HTTPStatus.NOT_FOUND, ""
    if isinstance(error, HTTPException):
        status, line = HTTPStatus(error.status_code), str(error.detail)
    if line in {"", status.phrase}:
        line = "There is no page at this address."
    return answers.refusal(request.url.path, status, line)
