"""Traces, where the configuration names a collector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from watcher.config import Config
from watcher.config.secrets import secrets_of
from watcher.report.masked import Masked


@contextmanager
def tracing_of(config: Config) -> Iterator[object | None]:
    """Send what is done in the block; gives OpenTelemetry's tracer provider, None for nothing."""
    if config.tracing.endpoint is None:
        yield None
        return
    # Here, because it takes a while to import, and most configurations name none.
    from watcher.adapters.tracing import tracing  # noqa: PLC0415

    with tracing(config.tracing.endpoint, Masked(secrets_of(config)).hide) as provider:
        yield provider
