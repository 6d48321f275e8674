"""The AWS SDK as one registry uses it: who we are, in which region, and how often it tries."""

from __future__ import annotations

import threading
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError

from watcher import __version__
from watcher.adapters.registries.ecr.wire import Wire

_SESSION_NAME: Final = "watcher"  # what CloudTrail shows of us in a role's account


class Sdk:
    """Clients of ECR by region and role; used from several threads.

    Credentials come from AWS's chain (environment, profile, single sign-on, container, instance); a
    role is assumed with them, and again some ten minutes before its session ends. `attempts` is how
    often a request is made in all. Errors are the SDK's own.
    """

    def __init__(self, wire: Wire, home: str, attempts: int) -> None:
        self._wire = wire
        self._home = home
        self._config = Config(
            user_agent=f"watcher/{__version__}",
            # Not the adaptive mode, which would pace us a second time and by guessing.
            retries={"mode": "standard", "total_max_attempts": attempts},
            # What a name may be is the service's to say; the SDK's own rules lag behind.
            parameter_validation=False,
        )
        self._sessions: dict[str | None, Any] = {}
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._lock = threading.RLock()  # creating clients is not made for several threads

    def client(self, region: str, role: str | None) -> Any:  # noqa: ANN401 - the SDK has no types
        """Give the client for a region, as ourselves or in a role."""
        with self._lock:
            if (region, role) not in self._clients:
                self._clients[region, role] = self._create(self._session(role), "ecr", region)
            return self._clients[region, role]

    def forget(self, client: Any) -> None:  # noqa: ANN401
        """Look for credentials anew at the next call: the client's were refused.

        Files and variables are read once, and whoever renews them does not tell us.
        """
        with self._lock:
            if any(client is one for one in self._clients.values()):
                self._clients.clear()
                self._sessions.clear()

    def _session(self, role: str | None) -> Any:  # noqa: ANN401
        if role not in self._sessions:
            core = botocore.session.Session()
            core.register("before-send.ecr", self._wire.send)
            core.register("before-send.sts", self._wire.send)
            if role is not None:
                chain = CredentialResolver([_RoleProvider(self._assumed(role))])
                core.register_component("credential_provider", chain)
            if core.get_credentials() is None:
                raise NoCredentialsError
            self._sessions[role] = boto3.session.Session(botocore_session=core)
        return self._sessions[role]

    def _assumed(self, role: str) -> Any:  # noqa: ANN401
        ours = self._session(None)

        def creator(service: str, **keys: str) -> Any:  # noqa: ANN401
            with self._lock:
                return self._create(ours, service, self._home, **keys)

        fetcher = AssumeRoleCredentialFetcher(
            creator, ours.get_credentials(), role, {"RoleSessionName": _SESSION_NAME}
        )
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")

    def _create(self, session: Any, service: str, region: str, **keys: str) -> Any:  # noqa: ANN401
        return session.client(service, region_name=region, config=self._config, **keys)


class _RoleProvider:
    """A chain of one link: the role's session."""

    METHOD = "assume-role"

    def __init__(self, credentials: Any) -> None:  # noqa: ANN401
        self._credentials = credentials

    def load(self) -> Any:  # noqa: ANN401
        return self._credentials
