"""Images of other suppliers are recognised as Trivy recognises them."""

from __future__ import annotations

import pytest

from watcher.adapters.scanners.trivy.contexts import OperatingSystem
from watcher.adapters.scanners.trivy.suppliers import supplier_of

PLAIN = {"Name": "bash", "Version": "5", "Release": "1"}


@pytest.mark.parametrize(
    ("family", "package", "supplier"),
    [
        ("debian", {"Name": "a", "Version": "1", "Release": "1.root.io.2"}, "Root.io"),
        ("ubuntu", {"Name": "a", "Version": "1.root.io.2"}, "Root.io"),
        ("alpine", {"Name": "a", "Version": "1.2-r10071"}, "Root.io"),
        ("alpine", {"Name": "a", "Version": "1.2-r0"}, ""),
        ("debian", {"Name": "a", "Version": "1.2-r10071"}, ""),
        ("redhat", {"Name": "a", "Version": "1", "Release": "1.root.io.2"}, ""),
        ("debian", {"Name": "seal-openssl", "Version": "1"}, "Seal"),
        ("oracle", {"Name": "openssl", "SrcName": "SEAL-openssl", "Version": "1"}, "Seal"),
        ("rocky", {"Name": "seal-openssl", "Version": "1"}, ""),
        ("debian", {"Name": "unsealed", "Version": "1"}, ""),
    ],
)
def test_one_rebuilt_package_tells_its_supplier(
    family: str, package: dict[str, object], supplier: str
) -> None:
    assert supplier_of(OperatingSystem(family, "1"), [PLAIN, package]) == supplier


@pytest.mark.parametrize(("family", "supplier"), [("ubuntu", "RapidFort"), ("debian", "")])
def test_rapidfort_is_told_by_the_report_alone(family: str, supplier: str) -> None:
    system = OperatingSystem.read({"Family": family, "Name": "22.04", "Supplier": "rapidfort"})
    assert supplier_of(system, [PLAIN]) == supplier
