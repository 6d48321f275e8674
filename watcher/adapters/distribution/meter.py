"""Counting what a registry was asked for."""

from __future__ import annotations

import threading

from watcher.ports.registry import Traffic


class Meter:
    """Adds to a Traffic from several threads; an Observer of the HTTP client.

    Manifests and blobs are those under `pulled_from`, where a client asks other places besides.
    """

    def __init__(self, traffic: Traffic, pulled_from: str = "") -> None:
        self._traffic = traffic
        self._pulled_from = pulled_from
        self._lock = threading.Lock()

    def sent(self, method: str, url: str) -> None:
        """Count a request, repeated ones and redirected ones too."""
        with self._lock:
            self._traffic.requests += 1
            if method == "GET" and self._kind(url) == "manifests":
                self._traffic.manifest_gets += 1

    def received(self, method: str, url: str, count: int) -> None:
        """Count the bytes of manifests and blobs."""
        if method == "GET" and self._kind(url) in {"manifests", "blobs"}:
            with self._lock:
                self._traffic.bytes_pulled += count

    def _kind(self, url: str) -> str:
        return kind_of(url) if url.startswith(self._pulled_from) else ""


def kind_of(url: str) -> str:
    """What a registry is asked for: manifests, blobs, tags; or anything else that names nothing."""
    # /v2/…/manifests/<reference>: a repository may be called `manifests` as well, also in a
    # vendor's own API, which is not under /v2/.
    path = url.partition("?")[0].partition("://")[2].partition("/")[2]
    return "".join(path.rsplit("/", 2)[-2:-1]) if path.startswith("v2/") else ""
