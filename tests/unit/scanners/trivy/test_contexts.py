"""Contexts name the part of an OS version that its driver reads."""

from __future__ import annotations

import pytest

from watcher.adapters.scanners.trivy.contexts import (
    OperatingSystem,
    alpine_release,
    os_context,
    os_of,
)

LOG = (
    '2026-03-01T12:00:00Z\tINFO\tDetected OS\tfamily="alpine" version="3.19.1"\n'
    '2026-03-01T12:00:00Z\tINFO\t[alpine] Detecting vulnerabilities...\tos_version="3.19" '
    'repository="{}" pkg_num=2\n'
)


@pytest.mark.parametrize(
    ("family", "name", "context"),
    [
        ("debian", "12.4", "debian 12"),
        ("debian", "12.5", "debian 12"),
        ("debian", "bookworm/sid", "debian bookworm%2Fsid"),
        ("redhat", "9.4", "redhat 9"),
        ("centos", "8", "centos 8"),
        ("alma", "9.3", "alma 9"),
        ("rocky", "9.3", "rocky 9"),
        ("oracle", "8.9", "oracle 8"),
        ("alpine", "3.19.1", "alpine 3.19"),
        ("azurelinux", "3.0.20240824", "azurelinux 3.0"),
        ("cbl-mariner", "2.0.20240117", "cbl-mariner 2.0"),
        ("amazon", "2 (Karoo)", "amazon 2"),
        ("amazon", "2023.3.20240117 (Amazon Linux)", "amazon 2023"),
        ("amazon", "2022 (Amazon Linux)", "amazon 2022"),
        ("amazon", "AMI release 2018.03", "amazon 1"),
        ("amazon", "", "amazon 1"),
        ("ubuntu", "22.04", "ubuntu 22.04"),
        ("sles", "15.5", "sles 15.5"),
        ("opensuse-leap", "15.5", "opensuse-leap 15.5"),
        ("slem", "5.3", "slem 5.3"),
        ("photon", "4.0", "photon 4.0"),
        ("wolfi", "20230201", "wolfi"),
        ("chainguard", "20230214", "chainguard"),
        ("minimos", "1", "minimos"),
        ("echo", "1", "echo"),
        ("opensuse-tumbleweed", "20250101", "opensuse-tumbleweed"),
        ("bottlerocket", "1.20.1", "bottlerocket"),
    ],
)
def test_a_context_holds_the_part_of_the_version_that_the_driver_reads(
    family: str, name: str, context: str
) -> None:
    assert os_context(OperatingSystem(family, name)) == context


def test_extended_maintenance_of_ubuntu_is_a_context_of_its_own() -> None:
    system = OperatingSystem.read({"Family": "ubuntu", "Name": "18.04", "extended": True})
    assert os_context(system) == "ubuntu 18.04-ESM"


@pytest.mark.parametrize(("repository", "context"), [("edge", "alpine edge"), ("", "alpine 3.19")])
def test_alpine_is_known_by_the_release_of_its_repositories(repository: str, context: str) -> None:
    release = alpine_release(LOG.format(repository))
    assert release == repository
    assert os_context(OperatingSystem("alpine", "3.19.1"), release) == context


def test_a_log_that_names_no_repository_says_so() -> None:
    assert alpine_release('INFO\t[debian] Detecting vulnerabilities...\tos_version="12"') is None


def test_the_os_of_a_document_comes_back_out_of_its_context() -> None:
    odd = OperatingSystem("debian", "a b(c)/sid")
    assert os_of(os_context(odd)) == ("debian", "a b(c)/sid")
    assert os_of(os_context(odd, part="build:1")) == ("debian", "a b(c)/sid")
    assert os_of("wolfi") == ("wolfi", "")
    assert os_of("redhat 9 (build:0123)") == ("redhat", "9")
