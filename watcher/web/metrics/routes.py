"""`/metrics`, in OpenMetrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from watcher.reading.gauges import gauges
from watcher.web.access.person import ANYBODY
from watcher.web.metrics.families import families
from watcher.web.metrics.traffic import Traffic
from watcher.web.site import Site


@dataclass(frozen=True, slots=True, eq=False)
class _Told(Collector):
    """Families that were worked out for one answer."""

    listed: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        """The families."""
        return self.listed


def routes(site: Site, traffic: Traffic) -> APIRouter:
    """The route. Whoever reads metrics reads those of the whole fleet."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def metrics() -> Response:
        record = site.reading(ANYBODY, None)
        told = CollectorRegistry()
        told.register(_Told(tuple(families(gauges(record), site.now()))))
        # One document, of which only the last line says that it is whole.
        own, end = generate_latest(told), b"# EOF\n"
        body = own.removesuffix(end) + generate_latest(traffic.registry)
        return Response(body, media_type=CONTENT_TYPE_LATEST)

    return router
