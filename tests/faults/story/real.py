"""The story on real parts: a real registry for each day, real Trivy, real files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.story.days import DAYS, Day
from tests.faults.story.world import STATE, Outside
from watcher.adapters.artifacts import OciArtifacts
from watcher.adapters.http import Connecting, Retrying
from watcher.adapters.registries.oci import OciRegistry
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.demo.workshop import Pusher, Registry
from watcher.demo.workshop.locate import find_tool
from watcher.domain.pattern import Selection
from watcher.domain.reference import ArtifactReference
from watcher.services.knowledge import Sources

_DB: Final = ("mirror/trivy-db", "2")
_JAVA_DB: Final = ("mirror/trivy-java-db", "1")
# One thread asks, in one order, so that steps can be counted.
_CONNECTING: Final = Connecting(concurrency=1, retrying=Retrying(first=0.05, jitter=0))


@dataclass(frozen=True, slots=True)
class Servers:
    """A registry for each day, which holds what the world shows on it."""

    by_day: Mapping[float, Registry]

    def setting(self, told: Day, folder: Path) -> Outside:
        """The real outside on a day."""
        server = self.by_day[told.number]
        selection = Selection.parse((*told.include, "base/**"))
        return Outside(
            registry=OciRegistry("local", server.url, selection, connecting=_CONNECTING),
            artifacts=OciArtifacts(connecting=_CONNECTING),
            scanner=TrivyScanner(str(find_tool("trivy")), folder / STATE),
            sources=Sources([_offered(server, _DB)], [_offered(server, _JAVA_DB)]),
        )


@contextmanager
def served_days(folder: Path) -> Iterator[Servers]:
    """Start and fill a registry for each day."""
    with ExitStack() as stack:
        servers = {}
        for told in DAYS:
            server = stack.enter_context(Registry(folder / f"day{told.number:g}"))
            with Pusher(server.url) as pusher:
                for (repository, tag), shipped in told.tags.items():
                    pusher.push(repository, tag, shipped.content)
                pusher.push_artifact(*_DB, told.database)
                pusher.push_artifact(*_JAVA_DB, told.java_database)
            servers[told.number] = server
        yield Servers(servers)


def _offered(server: Registry, named: tuple[str, str]) -> ArtifactReference:
    repository, tag = named
    return ArtifactReference.parse(f"{server.host}/{repository}:{tag}")
