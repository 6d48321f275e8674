"""Analyses of layers kept between runs: real Trivy on images that share their lower layers."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from watcher.adapters.library import FolderLibrary
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.adapters.scanners.trivy.layers import LayerAnalyses
from watcher.demo.workshop import (
    ApkPackage,
    DebianPackage,
    Image,
    OsAdvisory,
    Pusher,
    PythonPackage,
    Registry,
    alpine_base,
    built_on,
    debian_base,
    java_database,
    layer,
    python_layer,
    trivy_database,
)
from watcher.demo.workshop.locate import find_tool
from watcher.domain.package import Catalogue
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

pytestmark = pytest.mark.servers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
IMAGES, BASES, WORKERS = 60, 4, 3


@dataclass(frozen=True)
class Town:
    """A registry with images on few bases, a Trivy, and databases for it."""

    registry: Registry
    scanner: TrivyScanner
    knowledge: KnowledgeFiles
    images: tuple[str, ...]
    layers: frozenset[str]  # distinct

    def catalogue(self, reference: str, *, shared: bool = True) -> Catalogue:
        access = PullAccess(reference, plain_http=True)
        return self.scanner.catalog(access, self.knowledge, shared=shared)

    def analysed(self) -> int:
        """How often a layer was pulled so far: Trivy pulls what it analyses."""
        told = Counter(re.findall(r'"GET /v2/[^ ]+/blobs/([^ ]+) ', self.registry.log.read_text()))
        return sum(number for digest, number in told.items() if digest in self.layers)


def strange_jar() -> bytes:
    """A jar of which no database knows the digest."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    return buffer.getvalue()


def bases() -> list[Image]:
    """Bases of two systems; the first one has a jar that nobody knows."""
    made = []
    for number in range(BASES):
        version = f"1.{number}"
        base = (
            debian_base("12", [DebianPackage(f"p{n}", f"{version}-1") for n in range(20)])
            if number % 2
            else alpine_base("3.19.1", [ApkPackage(f"p{n}", f"{version}-r0") for n in range(20)])
        )
        extra = layer({"/opt/strange.jar" if number == 0 else f"/opt/{number}": strange_jar()})
        made.append(Image([base, extra], created=NOON))
    return made


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("layers")
    library = FolderLibrary(folder / "state")
    advisories = [OsAdvisory("debian 12", f"p{n}", f"CVE-2026-{n}", "9") for n in range(20)]
    databases = {
        "db": trivy_database(advisories, [], updated_at=NOON).artifact(),
        "java-db": java_database([], updated_at=NOON).artifact(),
    }
    for shelf, artifact in databases.items():
        with library.receiving(artifact.digest) as archive:
            archive.write_bytes(artifact.layers[0].content)
            library.unpack(shelf, artifact.digest, archive)  # type: ignore[arg-type]
    knowledge = library.files(databases["db"].digest, databases["java-db"].digest)
    below = bases()
    images = [
        built_on(below[n % BASES], [python_layer([PythonPackage(f"lib{n}", "1.0")])], created=NOON)
        for n in range(IMAGES)
    ]
    with Registry(folder / "registry") as registry, Pusher(registry.url) as pusher:
        named = [f"{registry.host}/shop/s{n}" for n in range(IMAGES)]
        digests = [pusher.push_image(f"shop/s{n}", "1", one) for n, one in enumerate(images)]
        layers = frozenset(one.digest for image in images for one in image.layers)
        scanner = TrivyScanner(str(find_tool("trivy")), folder / "state")
        references = tuple(f"{a}@{b}" for a, b in zip(named, digests, strict=True))
        yield Town(registry, scanner, knowledge, references, layers)


def test_shared_layers_are_analysed_about_once_and_the_lists_are_the_same(town: Town) -> None:
    with ThreadPoolExecutor(WORKERS) as workers:
        found = list(workers.map(town.catalogue, town.images))
    # Each place analyses the layers of the bases once; one by one it would be 3 for each image.
    assert town.analysed() <= len(town.layers) + WORKERS * 2 * BASES < 2 * IMAGES
    some = range(0, IMAGES, 7)
    alone = [town.catalogue(town.images[n], shared=False) for n in some]
    assert [replace(found[n], unknown_jars=False) for n in some] == [
        replace(one, unknown_jars=False) for one in alone
    ]
    assert any(one.findings for one in alone)


def test_a_jar_that_nobody_knows_is_told_of_although_its_layer_was_analysed_before(
    town: Town,
) -> None:
    for reference in town.images[:BASES]:
        town.catalogue(reference)
    told = [town.catalogue(one).unknown_jars for one in town.images[: 2 * BASES]]
    assert told == [True, False, False, False] * 2
    assert town.catalogue(town.images[0], shared=False).unknown_jars


def test_a_file_that_is_damaged_or_held_is_no_obstacle(town: Town) -> None:
    (pair,) = [one for one in (town.knowledge.db.parents[2] / "layers").iterdir() if one.is_dir()]
    analyses = LayerAnalyses(pair.parent)
    with analyses.place("0.74.0", town.knowledge.java_db) as held:
        assert held is not None
        assert town.catalogue(town.images[1]).occurrences
    for broken in pair.glob("*/fanal/fanal.db"):
        broken.write_bytes(b"rubbish" * 1000)
    assert town.catalogue(town.images[1]).occurrences
    for broken in pair.glob("*/unknown-jars.json"):
        broken.write_text(json.dumps({"no": "list"})[:-1])
    assert not town.catalogue(town.images[1]).unknown_jars
