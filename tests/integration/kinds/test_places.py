"""Where an image differs from the usual: no OS, several platforms, an OS past its end of life."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.kinds import languages, systems
from tests.integration.kinds.conftest import Fleet, documents, of_image
from tests.integration.kinds.systems import KINDS, Kind
from watcher.demo.workshop import Image, Index, Layer, Pusher, layer
from watcher.domain.package import Catalogue
from watcher.ports.registry import PullAccess

pytestmark = pytest.mark.servers


def kind_of(context: str) -> Kind:
    return next(one for one in KINDS if one.context == context)


def test_two_platforms_of_one_index_have_each_their_own_findings(
    fleet: Fleet, tmp_path: Path
) -> None:
    knowledge = systems.database(tmp_path / "db", kind_of("debian 12"))
    made = [
        Image((release(), status(f"pkg{number}", arch)), f"linux/{arch}")
        for number, arch in enumerate(("amd64", "arm64"))
    ]
    with Pusher(fleet.registry.url) as pusher:
        pusher.push("platforms", "latest", Index(made))
    each = [
        fleet.scanner.catalog(
            PullAccess(f"{fleet.registry.host}/platforms@{one.digest}", plain_http=True), knowledge
        )
        for one in made
    ]
    assert [names(one) for one in each] == [{"pkg0"}, {"pkg1"}]
    derived = fleet.derived(each, knowledge)
    assert len(documents(each)) == 1
    for catalogue in each:
        assert of_image(catalogue, derived) == set(catalogue.findings) != set()


def test_an_image_without_an_os_is_matched_by_its_languages(fleet: Fleet, tmp_path: Path) -> None:
    knowledge = languages.database(tmp_path / "db")
    catalogue = fleet.catalogue(languages.image("1.0.0", ["python-pkg", "jar"]), knowledge)
    assert (catalogue.os_family, catalogue.os_version) == ("", "")
    found = set(fleet.derived([catalogue], knowledge))
    assert found == set(catalogue.findings)
    assert len(found) == 2


def test_an_os_past_its_end_of_life_is_told_and_matched(fleet: Fleet, tmp_path: Path) -> None:
    knowledge = systems.database(tmp_path / "db", kind_of("debian 7"))
    old = Image((release("7.11"), status("pkg0", "amd64")))
    catalogue = fleet.catalogue(old, knowledge)
    assert catalogue.end_of_life
    assert set(fleet.derived([catalogue], knowledge)) == set(catalogue.findings) != set()
    assert not fleet.catalogue(Image((release("12.5"),)), knowledge).end_of_life


def test_a_name_with_control_characters_is_matched_as_trivy_matches_it(
    fleet: Fleet, tmp_path: Path
) -> None:
    knowledge = systems.database(tmp_path / "db", kind_of("debian 12"))
    strange = ["pkg0", "a\x1b[31mred", "tab\there", "line\u2028end", "right\u202eleft", "nul\x00"]
    listed = [
        {
            "bom-ref": str(number),
            "type": "library",
            "name": name,
            "version": "1.0-1",
            "purl": f"pkg:deb/debian/{quote(name, safe='')}@1.0-1?arch=amd64",
            "properties": [
                {"name": "aquasecurity:trivy:SrcName", "value": f"pkg{number % 3}"},
                {"name": "aquasecurity:trivy:SrcVersion", "value": "1.0"},
            ],
        }
        for number, name in enumerate(strange)
    ]
    made = Image((release(), systems.listing(listed)))
    catalogue = fleet.catalogue(made, knowledge)
    assert names(catalogue) == set(strange)
    found = set(fleet.derived([catalogue], knowledge))
    assert found == set(catalogue.findings) != set()
    assert all(one.identity.isprintable() for one in found)


def release(version: str = "12.5") -> Layer:
    return layer(
        {
            "etc/os-release": f'ID=debian\nVERSION_ID="{version.partition(".")[0]}"\n',
            "etc/debian_version": f"{version}\n",
        }
    )


def status(name: str, arch: str) -> Layer:
    told = f"Package: {name}\nStatus: install ok installed\nArchitecture: {arch}\nVersion: 1.0-1\n"
    return layer({"var/lib/dpkg/status": told})


def names(catalogue: Catalogue) -> set[str]:
    return {one.package.name for one in catalogue.occurrences}
