"""Puts a crew together from settings that may travel: here, or on whichever machine it works."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from watcher.adapters.artifacts import OciArtifacts
from watcher.adapters.library import FolderLibrary
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.config.engine import Trivy
from watcher.config.environment import merged, read_environment
from watcher.config.registries import EveryKind
from watcher.crewing.registries import logins_of, registry_of
from watcher.domain.errors import UsageError
from watcher.services.supply import Sources, Supply
from watcher.services.work import ScannerCrew


@dataclass(frozen=True, slots=True)
class CrewSettings:
    """What a crew is put together from; passwords in it are told to nobody by repr."""

    state: Path
    trivy: Trivy
    registries: tuple[EveryKind, ...]

    @staticmethod
    def of(state: Path, trivy: Trivy, registries: Sequence[EveryKind]) -> CrewSettings:
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
        TrivyScanner(trivy.binary, own.state, trivy.timeout.total_seconds(), trivy.memory),
    )
