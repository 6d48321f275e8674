"""Every kind of OS that Trivy knows: the fleet's one match equals each image's own scan."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.integration.kinds import systems
from tests.integration.kinds.conftest import Fleet, documents, of_image
from tests.integration.kinds.systems import KINDS, Kind, listing
from watcher.demo.workshop import Image, layer

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_one_match_for_all_images_of_a_kind_equals_the_scan_of_each(
    kind: Kind, fleet: Fleet, tmp_path: Path
) -> None:
    knowledge = systems.database(tmp_path / "db", kind)
    chance = random.Random(kind.context)  # noqa: S311 - the same images every time
    versions = [kind.versions[number % len(kind.versions)] for number in range(4)]
    each = [fleet.catalogue(systems.image(kind, one, chance), knowledge) for one in versions]
    assert {context.partition(" (")[0] for context in documents(each)} == {kind.context}
    derived = fleet.derived(each, knowledge)
    assert sum(len(catalogue.findings) for catalogue in each) > 10
    for catalogue in each:
        assert of_image(catalogue, derived) == set(catalogue.findings)


def test_azure_packages_of_one_name_and_version_are_matched_apart(
    fleet: Fleet, tmp_path: Path
) -> None:
    kind = next(kind for kind in KINDS if kind.identifier == "azurelinux")
    knowledge = systems.database(tmp_path / "db", kind)
    each = []
    for source_version in ("1.0", "1.2", "2.0"):
        package = {
            "type": "library",
            "name": "pkg0",
            "version": "1.0-1",
            "purl": "pkg:rpm/pkg0@1.0-1",
            "properties": [
                {"name": "aquasecurity:trivy:SrcName", "value": "pkg1"},
                {"name": "aquasecurity:trivy:SrcVersion", "value": source_version},
            ],
        }
        release = layer({"etc/os-release": 'ID=azurelinux\nVERSION_ID="3.0"\n'})
        each.append(fleet.catalogue(Image((release, listing([package]))), knowledge))
    packages = [one.package for catalogue in each for one in catalogue.occurrences]
    own = [finding for catalogue in each for finding in catalogue.findings]
    assert len({(one.name, one.version) for one in packages}) == 1
    assert len({one.identity for one in packages}) == 3
    before = fleet.scanner.runs
    found = fleet.scanner.match("azurelinux 3.0", packages, knowledge)
    assert sorted(map(str, found)) == sorted(map(str, own))
    assert fleet.scanner.runs - before == 3
