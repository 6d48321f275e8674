"""Counting what Harbor was asked for."""

from __future__ import annotations

from watcher.adapters.distribution import Meter
from watcher.adapters.registries.harbor.api import ROOT


class HarborMeter(Meter):
    """A Meter for which a request of the API is no pull, whatever a project is called."""

    def sent(self, method: str, url: str) -> None:
        """Count a request."""
        super().sent(method, _pulled_from(url))

    def received(self, method: str, url: str, count: int) -> None:
        """Count the bytes of manifests and blobs."""
        super().received(method, _pulled_from(url), count)


def _pulled_from(url: str) -> str:
    return "" if f"{ROOT}/" in url else url
