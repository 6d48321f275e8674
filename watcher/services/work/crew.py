"""A crew with a scanner and knowledge at hand."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass

from watcher.domain.errors import PermanentError, StartError, TransientError
from watcher.domain.package import Catalogue, Finding
from watcher.ports.crew import CatalogTask, MatchTask, Wanted
from watcher.ports.registry import Registry
from watcher.ports.scanner import KnowledgeFiles, Scanner
from watcher.services.outcome import one_line
from watcher.services.supply import Sources, Supply


@dataclass(frozen=True, slots=True)
class ScannerCrew:
    """Signs the port `Crew`."""

    registries: Mapping[str, Registry]
    supply: Supply
    sources: Sources
    scanner: Scanner

    def catalog(self, task: CatalogTask) -> Catalogue:
        """Pull an image and list its packages, with the scanner's own findings on it."""
        registry = self.registries.get(task.registry)
        if registry is None:
            raise PermanentError(
                f"no registry is called {task.registry} here: give every worker the same registries"
            )
        access = registry.pull_access(task.path, task.digest)
        return self.scanner.catalog(access, self._files(task.under), shared=task.shared)

    def match(self, task: MatchTask) -> list[tuple[int, Finding]]:
        """Match packages without pulling anything: complete, or an error; by their numbers."""
        numbers = {package.identity: number for number, package in task.packages}
        packages = [package for _, package in task.packages]
        found = self.scanner.match(task.context, packages, self._files(task.under))
        return [(numbers[finding.identity], finding) for finding in found]

    def _files(self, under: Wanted) -> KnowledgeFiles:
        """The databases wanted, for the scanner wanted: what another one sees is another fact."""
        here = self._version()
        if here != under.scanner:
            raise TransientError(
                f"the scanner on {platform.node()} is of version {here}, {under.scanner} is wanted:"
                " give every worker the same one"
            )
        return self.supply.files(under.db, under.java_db, self.sources)

    def _version(self) -> str:
        try:
            return self.scanner.version
        except StartError as error:
            raise TransientError(f"{platform.node()}: {one_line(error)}") from error
