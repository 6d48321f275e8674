"""What several kinds are told in the same words."""

from __future__ import annotations

from typing import Protocol

from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Connecting
from watcher.config.registries import RegistrySettings
from watcher.config.secret import Secret


class WithLogin(Protocol):
    """Settings that give a user and a password, or none of the two."""

    @property
    def username(self) -> str | None:
        """The user."""

    @property
    def password(self) -> Secret | None:
        """The password or token."""


def login_of(one: WithLogin) -> Credentials | None:
    """The login that a registry is told."""
    if one.username is None or one.password is None:
        return None
    return Credentials(one.username, one.password.reveal())


def connecting_of(one: RegistrySettings) -> Connecting:
    """How a registry is connected to."""
    return Connecting(
        concurrency=one.concurrency,
        rate=one.rate,
        tls_ca=one.tls_ca,
        proxy=one.proxy.reveal() if one.proxy else None,
    )
