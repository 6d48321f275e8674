"""Which formats a registry of each kind may send, and what its names mean to us."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from watcher.config.registries import (
    ArtifactRegistrySettings,
    DockerHubSettings,
    EcrSettings,
    EveryKind,
    HarborSettings,
)
from watcher.web.hooks.document import Document
from watcher.web.hooks.formats import (
    cloud_events,
    distribution,
    docker_hub,
    event_bridge,
    harbor,
    pub_sub,
)
from watcher.web.hooks.hint import Hint

Reader = Callable[[Document], frozenset[Hint]]
_ACCOUNT = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}):")


def reader_of(one: EveryKind) -> Reader:
    """What reads the documents that a registry sends; it raises UnreadableError."""
    match one:
        case HarborSettings():
            return _either_of_harbor
        case DockerHubSettings():
            return partial(docker_hub.read, namespaces=one.namespaces)
        case EcrSettings():
            accounts = {found[1] for role in one.roles if (found := _ACCOUNT.match(role))}
            return partial(event_bridge.read, regions=one.regions, accounts=accounts)
        case ArtifactRegistrySettings():
            return partial(pub_sub.read, project=one.project, location=one.location)
        case _:
            return distribution.read


def _either_of_harbor(event: Document) -> frozenset[Hint]:
    return cloud_events.read(event) if "specversion" in event else harbor.read(event)
