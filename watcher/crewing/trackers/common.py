"""What several kinds are told in the same words."""

from __future__ import annotations

from watcher.adapters.http import Connecting
from watcher.config.trackers import ServiceTracker


def connecting_of(one: ServiceTracker) -> Connecting:
    """How a tracker is connected to: by one request at a time, for it is asked little."""
    return Connecting(
        concurrency=1, tls_ca=one.tls_ca, proxy=one.proxy.reveal() if one.proxy else None
    )
