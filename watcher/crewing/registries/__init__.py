"""Registries as they are configured: a module for each kind, found by its name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final
from urllib.parse import urlsplit

from watcher.adapters.distribution import Credentials
from watcher.config.registries import DockerHubSettings, EveryKind, HarborSettings, OciSettings
from watcher.crewing.registries.common import login_of
from watcher.domain.pattern import Selection
from watcher.ports.registry import Registry

_HUB: Final = "docker.io"  # as references name it


def registry_of(one: EveryKind, selection: Selection | None = None) -> Registry:
    """A registry as it is configured; without a selection it is pulled from, and not listed.

    The module of a kind is imported here, because an SDK takes a second that others need not wait.
    """
    kind = import_module(f"{__name__}.{one.kind.replace('-', '_')}")
    built: Registry = kind.build(one, selection or Selection.parse(("**",)))
    return built


def logins_of(registries: Sequence[EveryKind]) -> dict[str, Credentials]:
    """Logins by host: knowledge may be mirrored in a registry that is watched too."""
    logins = {}
    for one in registries:
        if isinstance(one, OciSettings | HarborSettings):
            logins[urlsplit(one.url).netloc] = login_of(one)
        elif isinstance(one, DockerHubSettings):
            logins[_HUB] = login_of(one)
    return {host: login for host, login in logins.items() if login is not None}
