"""The kind `docker-hub`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from watcher.adapters.http import Retrying
from watcher.adapters.registries.docker_hub import DockerHubRegistry, Hosts
from watcher.config.registries import DockerHubSettings
from watcher.crewing.registries.common import connecting_of, login_of
from watcher.domain.pattern import Selection

# Hub counts requests by the minute: what it asks us to wait is sat out.
_PATIENT: Final = Retrying(longest=65.0, within=150.0)


def build(one: DockerHubSettings, selection: Selection) -> DockerHubRegistry:
    """Docker Hub as it is configured."""
    return DockerHubRegistry(
        one.name,
        one.namespaces,
        selection,
        credentials=login_of(one),
        hosts=Hosts(one.url, one.api_url),
        connecting=replace(connecting_of(one), retrying=_PATIENT),
    )
