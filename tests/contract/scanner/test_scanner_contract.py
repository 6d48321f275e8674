"""What every scanner promises, whatever it is made of."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.scanner.conftest import Advisory, World
from watcher.adapters import scanners
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.package import Catalogue, Finding, Package

SIGNED = {"trivy"}

OPENSSL = Advisory("openssl", "CVE-2024-1", "1.1")
ZLIB = Advisory("zlib", "CVE-2024-2")
CURL = Advisory("curl", "CVE-2024-3", "2.1")


def packages(*catalogues: Catalogue) -> list[Package]:
    return list({one.package: None for each in catalogues for one in each.occurrences})


def essence(findings: list[Finding] | tuple[Finding, ...]) -> set[tuple[str, str, str, str]]:
    return {(one.identity, one.vulnerability, one.status, one.fixed_version) for one in findings}


def test_every_scanner_adapter_signs_this_contract() -> None:
    folder = Path(scanners.__path__[0])
    assert {path.name for path in folder.iterdir() if (path / "__init__.py").exists()} == SIGNED


def test_a_catalogue_lists_every_package_with_context_identity_and_purl(world: World) -> None:
    catalogue = world.scanner.catalog(world.image(openssl="1.0", zlib="2.0"), world.knowledge())
    listed = packages(catalogue)
    assert {(one.name, one.version) for one in listed} == {("openssl", "1.0"), ("zlib", "2.0")}
    assert {one.context for one in listed} == {"debian 12"}
    assert len({one.identity for one in listed}) == 2
    assert all(one.purl.startswith("pkg:") for one in catalogue.occurrences)
    assert (catalogue.os_family, catalogue.os_version) == ("debian", "12.5")
    assert catalogue.not_covered is None


def test_a_catalogues_own_findings_are_those_of_its_packages(world: World) -> None:
    knowledge = world.knowledge(OPENSSL, ZLIB, CURL)
    catalogue = world.scanner.catalog(world.image(openssl="1.0", zlib="2.0"), knowledge)
    derived = world.scanner.match("debian 12", packages(catalogue), knowledge)
    assert {one[1:] for one in essence(derived)} == {
        ("CVE-2024-1", "fixed", "1.1"),
        ("CVE-2024-2", "affected", ""),
    }
    assert set(derived) == set(catalogue.findings)


def test_packages_of_many_images_matched_at_once_give_each_its_own_findings(world: World) -> None:
    knowledge = world.knowledge(OPENSSL, ZLIB, CURL)
    images = [
        world.image(openssl="1.0", zlib="1.0"),
        world.image(openssl="1.1", zlib="1.0", curl="2.0"),
        world.image(openssl="1.0", curl="2.1"),
    ]
    catalogues = [world.scanner.catalog(image, knowledge) for image in images]
    derived = world.scanner.match("debian 12", packages(*catalogues), knowledge)
    for catalogue in catalogues:
        own = {one.identity for one in packages(catalogue)}
        assert {one for one in derived if one.identity in own} == set(catalogue.findings)


def test_new_knowledge_needs_no_registry(world: World) -> None:
    before = world.knowledge(OPENSSL)
    catalogue = world.scanner.catalog(world.image(openssl="1.1", zlib="1.0"), before)
    world.lose_the_registry()
    found = world.scanner.match("debian 12", packages(catalogue), world.knowledge(OPENSSL, ZLIB))
    assert [one.vulnerability for one in found] == ["CVE-2024-2"]


def test_packages_match_the_same_after_they_were_stored_as_json(world: World) -> None:
    knowledge = world.knowledge(OPENSSL, ZLIB)
    catalogue = world.scanner.catalog(world.image(openssl="1.0", zlib="1.0"), knowledge)
    stored = [
        replace(one, attributes=json.loads(json.dumps(one.attributes)))
        for one in packages(catalogue)
    ]
    assert set(world.scanner.match("debian 12", stored, knowledge)) == set(catalogue.findings)


def test_packages_that_are_left_out_are_not_matched(world: World) -> None:
    knowledge = world.knowledge(OPENSSL, ZLIB)
    catalogue = world.scanner.catalog(world.image(openssl="1.0", zlib="1.0"), knowledge)
    left_out = [
        replace(one, left_out="third party" if one.name == "zlib" else None)
        for one in packages(catalogue)
    ]
    found = world.scanner.match("debian 12", left_out, knowledge)
    assert [one.vulnerability for one in found] == ["CVE-2024-1"]


def test_matching_nothing_starts_nothing(world: World) -> None:
    assert world.scanner.match("debian 12", [], world.knowledge(OPENSSL)) == []
    assert world.scanner.runs == 0


def test_every_catalogue_and_match_counts_as_a_run(world: World) -> None:
    knowledge = world.knowledge(OPENSSL)
    catalogue = world.scanner.catalog(world.image(openssl="1.0"), knowledge)
    world.scanner.match("debian 12", packages(catalogue), knowledge)
    world.scanner.check(knowledge)
    assert world.scanner.runs == 2


def test_an_image_that_is_not_there_fails_for_good(world: World) -> None:
    with pytest.raises(PermanentError, match="0000"):
        world.scanner.catalog(world.missing_image(), world.knowledge())


def test_an_image_that_cannot_be_pulled_now_may_be_tried_again(world: World) -> None:
    with pytest.raises(TransientError):
        world.scanner.catalog(world.unreachable_image(), world.knowledge())


def test_a_database_that_cannot_be_read_is_refused_in_one_line(world: World) -> None:
    with pytest.raises(PermanentError) as refused:
        world.scanner.check(world.broken_knowledge())
    assert len(str(refused.value).splitlines()) == 1


def test_a_version_is_told_and_stays(world: World) -> None:
    assert world.scanner.version == world.scanner.version
    assert world.scanner.version[0].isdigit()


def test_many_threads_may_match_at_once(world: World) -> None:
    knowledge = world.knowledge(OPENSSL, ZLIB)
    catalogue = world.scanner.catalog(world.image(openssl="1.0", zlib="1.0"), knowledge)
    listed = packages(catalogue)
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(world.scanner.match, "debian 12", listed, knowledge) for _ in range(8)]
        assert all(set(run.result()) == set(catalogue.findings) for run in runs)
    assert world.scanner.runs == 9
