"""A source of databases and a scanner of which single kinds of work fail as a test says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.fakes.artifacts import FakeArtifacts
from tests.fakes.scanner import FakeScanner
from watcher.domain.errors import WatcherError
from watcher.domain.package import Catalogue, Finding, Package
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import ArtifactLayer
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles


class FlakySource(FakeArtifacts):
    """A source that answers a poll and fails behind it: at `layer` or at `pull`."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: dict[str, WatcherError] = {}

    def layer(self, reference: ArtifactReference, digest: str) -> ArtifactLayer:
        if "layer" in self.broken:
            raise self.broken["layer"]
        return super().layer(reference, digest)

    def pull(self, reference: ArtifactReference, layer: ArtifactLayer, to: Path) -> None:
        super().pull(reference, layer, to)
        if "pull" in self.broken:
            to.unlink()
            raise self.broken["pull"]


class FlakyScanner(FakeScanner):
    """A scanner of which one kind of work fails: `catalog`, `match` or `check`."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: dict[str, WatcherError] = {}

    def catalog(
        self, access: PullAccess, knowledge: KnowledgeFiles, *, shared: bool = False
    ) -> Catalogue:
        del shared
        self._works("catalog")
        return super().catalog(access, knowledge)

    def match(
        self, context: str, packages: Sequence[Package], knowledge: KnowledgeFiles
    ) -> list[Finding]:
        self._works("match")
        return super().match(context, packages, knowledge)

    def check(self, knowledge: KnowledgeFiles) -> None:
        self._works("check")
        super().check(knowledge)

    def _works(self, kind: str) -> None:
        if kind in self.broken:
            raise self.broken[kind]
