"""What the web was asked and how long it took, by the patterns of its addresses."""

from __future__ import annotations

from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


class Traffic:
    """Counts what one process answers; its numbers begin anew with the process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter(
            "watcher_http_requests",
            "Requests answered, by the pattern of their address and the class of the answer.",
            ["route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "watcher_http_request_duration_seconds",
            "How long answers took.",
            ["route"],
            unit="seconds",
            buckets=_SECONDS,
            registry=self.registry,
        )

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count an answer in."""
        self._answers.labels(route, f"{status // 100}xx").inc()
        self._seconds.labels(route).observe(seconds)


class Counting:
    """Has every request counted that the web answers."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app, self._traffic = app, traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            # Where no route was reached, what was asked for may be anything.
            route = getattr(scope.get("route"), "path", "none")
            self._traffic.count(route, status, perf_counter() - begun)
