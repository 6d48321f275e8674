"""What of a supplier's packages is matched, and what a document is written from."""

from __future__ import annotations

from watcher.adapters.scanners.trivy.contexts import OperatingSystem
from watcher.adapters.scanners.trivy.identity import os_package
from watcher.adapters.scanners.trivy.left_out import of_os

DEBIAN = OperatingSystem("debian", "12.5")
THIRD = {"Name": "tool", "Version": "1", "Repository": {"Class": "third-party"}}


def test_a_third_party_package_that_seal_rebuilt_is_not_left_out_as_one() -> None:
    sealed = {**THIRD, "SrcName": "seal-tool"}
    assert "third-party" not in (of_os(DEBIAN, "Seal", sealed) or "")
    assert "third-party" in (of_os(DEBIAN, "Seal", THIRD) or "")
    assert "third-party" in (of_os(DEBIAN, "", sealed) or "")


def test_a_package_keeps_all_that_its_driver_reads() -> None:
    source = {
        "Name": "ssl",
        "Version": "3.0",
        "Release": "1",
        "Epoch": 1,
        "Arch": "x86_64",
        "SrcName": "openssl",
        "SrcVersion": "3.1",
        "SrcRelease": "2",
        "SrcEpoch": 2,
        "Modularitylabel": "m",
    }
    assert os_package("redhat 9", "redhat", source, None).attributes == {
        "version": "3.0",
        "release": "1",
        "epoch": 1,
        "arch": "x86_64",
        "src_name": "openssl",
        "src_version": "3.1",
        "src_release": "2",
        "src_epoch": 2,
        "module": "m",
    }
