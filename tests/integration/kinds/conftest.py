"""One registry for all kinds, and what it takes to compare a fleet's match with each scan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.demo.workshop import Image, Pusher, Registry
from watcher.demo.workshop.locate import find_tool
from watcher.domain.package import Catalogue, Finding, Package
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles


@dataclass(frozen=True, slots=True)
class Fleet:
    """Real Trivy over a real registry."""

    registry: Registry
    scanner: TrivyScanner

    def catalogue(self, image: Image, knowledge: KnowledgeFiles) -> Catalogue:
        """Push an image and let Trivy scan it alone."""
        with Pusher(self.registry.url) as pusher:
            pusher.push_image("kinds", "latest", image)
        access = PullAccess(f"{self.registry.host}/kinds@{image.digest}", plain_http=True)
        return self.scanner.catalog(access, knowledge)

    def derived(self, each: Sequence[Catalogue], knowledge: KnowledgeFiles) -> list[Finding]:
        """Match the distinct packages of all images, a document for each context."""
        return [
            finding
            for context, packages in documents(each).items()
            for finding in self.scanner.match(context, packages, knowledge)
        ]


def documents(each: Sequence[Catalogue]) -> dict[str, list[Package]]:
    """The distinct packages of some images by context."""
    found: dict[str, dict[Package, None]] = {}
    for catalogue in each:
        for one in catalogue.occurrences:
            found.setdefault(one.package.context, {})[one.package] = None
    return {context: list(packages) for context, packages in found.items()}


def of_image(catalogue: Catalogue, findings: Sequence[Finding]) -> set[Finding]:
    """The findings on an image's packages, among those of a fleet."""
    own = {(one.package.context, one.package.identity) for one in catalogue.occurrences}
    return {one for one in findings if (one.context, one.identity) in own}


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with Registry(tmp_path_factory.mktemp("kinds")) as registry:
        state = tmp_path_factory.mktemp("state")
        yield Fleet(registry, TrivyScanner(str(find_tool("trivy")), state))
