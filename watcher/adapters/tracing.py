"""Traces: pieces of work as spans, sent to a collector by OTLP over HTTP.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from watcher import __version__
from watcher.ports.trace import Piece, watching

_ANSWER: Final = 5.0  # seconds that the collector has for an answer
_FAREWELL: Final = 3.0  # seconds that what is left may take to be sent when all ends
_NANO: Final = 1_000_000_000

Hide = Callable[[str], str]


@contextmanager
def tracing(endpoint: str, hide: Hide) -> Iterator[TracerProvider]:
    """Send what is done in the block; `hide` takes the secrets out of a text.

    A collector that is away or slow delays nothing: what does not fit the queue is dropped.
    """
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_ANSWER)
    provider = TracerProvider(
        resource=Resource.create({"service.name": "watcher", "service.version": __version__}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(_Hiding(exporter, hide)))
    tracer = provider.get_tracer("watcher", __version__)

    @contextmanager
    def spanned(one: Piece) -> Iterator[None]:
        about = {f"watcher.{name}": value for name, value in one.about.items()}
        begun = time.time_ns() - round(one.gone * _NANO)
        with tracer.start_as_current_span(
            one.name, attributes=about, start_time=begun, record_exception=False
        ):
            yield

    try:
        with watching(spanned):
            yield provider
    finally:
        ending = Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(_FAREWELL)


@dataclass(frozen=True, slots=True)
class _Hiding(SpanExporter):
    """Hands spans on without secrets: whoever makes one need not think of it."""

    inner: SpanExporter
    hide: Hide

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans."""
        return self.inner.export([self._without_secrets(one) for one in spans])

    def shutdown(self) -> None:
        """Send no more."""
        self.inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self.inner.force_flush(timeout_millis)

    def _without_secrets(self, span: ReadableSpan) -> ReadableSpan:
        told = span.status.description
        return ReadableSpan(
            name=self.hide(span.name),
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes=self._hidden(span.attributes or {}),
            kind=span.kind,
            status=Status(span.status.status_code, told and self.hide(told)),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    def _hidden(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: self.hide(value) if isinstance(value, str) else value
            for name, value in attributes.items()
        }
