"""Puts a crew together from settings that may travel: here, or on whichever machine it works."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from watcher.adapters.artifacts import OciArtifacts
from watcher.adapters.distribution import Credentials
from watcher.adapters.library import FolderLibrary
from watcher.adapters.registries.oci import OciRegistry
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.config.engine import Trivy
from watcher.config.environment import merged, read_environment
from watcher.config.registries import OciSettings
from watcher.domain.errors import UsageError
from watcher.domain.pattern import Selection
from watcher.services.supply import Sources, Supply
from watcher.services.work import ScannerCrew


@dataclass(frozen=True, slots=True)
class CrewSettings:
    """What a crew is put together from; passwords in it are told to nobody by repr."""

    state: Path
    trivy: Trivy
    registries: tuple[OciSettings, ...]

    @staticmethod
    def of(state: Path, trivy: Trivy, registries: Sequence[OciSettings]) -> CrewSettings:
        """What a crew needs of a configuration: no secret more than that."""
        needed = (one.model_copy(update={"webhook_secret": None}) for one in registries)
        return CrewSettings(state, trivy, tuple(needed))

    def under(self, environment: Mapping[str, str]) -> CrewSettings:
        """The same where a machine's environment has its own `WATCHER_STATE` or `WATCHER_TRIVY__…`.

        Raises UsageError for variables that mean nothing.
        """
        own = read_environment(environment)
        told = self.trivy.model_dump(mode="json")
        try:
            trivy = Trivy.model_validate(merged(told, own.get("trivy") or {}))
        except ValidationError as error:
            wrong = sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]})
            raise UsageError(
                f"WATCHER_TRIVY__…: {', '.join(wrong)} cannot be used: correct the environment"
            ) from None
        return replace(self, state=Path(own.get("state") or self.state), trivy=trivy)


def crew_of(settings: CrewSettings) -> ScannerCrew:
    """A crew on this machine; nothing is asked of anybody yet. Raises UsageError."""
    own = settings.under(os.environ)
    trivy = own.trivy
    registries = {one.name: registry_of(one) for one in own.registries}
    return ScannerCrew(
        registries,
        Supply(OciArtifacts(logins_of(own.registries)), FolderLibrary(own.state)),
        Sources(trivy.db, trivy.java_db),
        TrivyScanner(trivy.binary, own.state, trivy.timeout.total_seconds()),
    )


def registry_of(one: OciSettings, selection: Selection | None = None) -> OciRegistry:
    """A registry as it is configured; what is listed in it is another question."""
    login = _login(one)
    listed: dict[str, Any] = {} if selection is None else {"selection": selection}
    return OciRegistry(
        one.name,
        one.url,
        username=login.username if login else None,
        password=login.password if login else None,
        tls_ca=one.tls_ca,
        proxy=one.proxy.reveal() if one.proxy else None,
        concurrency=one.concurrency,
        rate=one.rate,
        **listed,
    )


def logins_of(adapted: Sequence[OciSettings]) -> dict[str, Credentials]:
    """Logins by host: knowledge may be mirrored in a registry that is watched too."""
    logins = {urlsplit(one.url).netloc: _login(one) for one in adapted}
    return {host: login for host, login in logins.items() if login is not None}


def _login(one: OciSettings) -> Credentials | None:
    """A login of the configuration, which gives a user and a password, or none of the two."""
    if one.username is None or one.password is None:
        return None
    return Credentials(one.username, one.password.reveal())
