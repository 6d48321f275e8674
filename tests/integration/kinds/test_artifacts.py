"""What is left on disk, kind by kind: one match for the fleet equals the scan of each image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from tests.integration.kinds import artifacts
from tests.integration.kinds.artifacts import AFFECTED, ARTIFACTS, FIXED, Artifact, flaw, installed
from tests.integration.kinds.conftest import Fleet, documents, of_image
from watcher.demo.workshop import Image
from watcher.domain.package import Catalogue, Finding

pytestmark = pytest.mark.servers


@dataclass(frozen=True, slots=True)
class Scanned:
    """An image for each kind, and one that has all kinds mended; all of it matched at once."""

    of_kind: Mapping[str, Catalogue]
    mended: Catalogue
    derived: Sequence[Finding]


@pytest.fixture(scope="module")
def scanned(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    knowledge = artifacts.database(tmp_path_factory.mktemp("artifacts") / "db")
    of_kind = {
        one.kind: fleet.catalogue(Image((installed(one.files(AFFECTED)),)), knowledge)
        for one in ARTIFACTS
    }
    layers = tuple(installed(one.files(FIXED)) for one in ARTIFACTS)
    mended = fleet.catalogue(Image(layers), knowledge)
    each = [*of_kind.values(), mended]
    assert set(documents(each)) == {"language"}
    return Scanned(of_kind, mended, fleet.derived(each, knowledge))


@pytest.mark.parametrize("artifact", ARTIFACTS, ids=str)
def test_a_kind_has_the_findings_of_its_own_scan(artifact: Artifact, scanned: Scanned) -> None:
    catalogue = scanned.of_kind[artifact.kind]
    listed = {one.package.name: one.package.version for one in catalogue.occurrences}
    assert listed[artifact.name].removeprefix("v") == AFFECTED
    derived = of_image(catalogue, scanned.derived)
    assert derived == set(catalogue.findings)
    assert {one.vulnerability for one in derived} == {flaw(artifact)}


def test_an_image_of_all_kinds_mended_is_clean_both_ways(scanned: Scanned) -> None:
    names = {one.package.name for one in scanned.mended.occurrences}
    assert {one.name for one in ARTIFACTS} <= names
    assert of_image(scanned.mended, scanned.derived) == set(scanned.mended.findings) == set()
