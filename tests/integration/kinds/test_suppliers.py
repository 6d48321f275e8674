"""Images of suppliers, each matched in a context of its own, equal what Trivy says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.kinds import suppliers
from tests.integration.kinds.conftest import Fleet, documents, of_image
from tests.integration.kinds.suppliers import SUPPLIED, Supplied
from watcher.demo.workshop import Image, layer

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("supplied", SUPPLIED, ids=str)
def test_the_image_of_a_supplier_is_matched_by_its_driver_in_a_context_of_its_own(
    supplied: Supplied, fleet: Fleet, tmp_path: Path
) -> None:
    knowledge = suppliers.database(tmp_path / "db", supplied)
    made = [suppliers.image(supplied, seed) for seed in range(2)]
    each = [fleet.catalogue(one, knowledge) for one in made]
    assert [one.not_covered for one in each] == [None, None]
    assert set(documents(each)) == {
        f"{supplied.kind.context} ({supplied.supplier}:{one.digest})" for one in made
    }
    derived = fleet.derived(each, knowledge)
    for catalogue in each:
        assert of_image(catalogue, derived) == set(catalogue.findings)
        # Its own advisories are among them, else the driver of the OS would do as well.
        assert any(one.vulnerability.startswith("CVE-2025") for one in catalogue.findings)
        assert len(catalogue.findings) > 5


def test_an_image_of_rapidfort_says_that_no_document_can_carry_it(
    fleet: Fleet, tmp_path: Path
) -> None:
    ubuntu = next(one for one in SUPPLIED if one.kind.identifier == "ubuntu")
    knowledge = suppliers.database(tmp_path / "db", ubuntu)
    curated = layer({"usr/share/rapidfort/curated.json": "{}"})
    made = Image((*suppliers.image(ubuntu, 0).layers, curated))
    catalogue = fleet.catalogue(made, knowledge)
    assert catalogue.not_covered is not None
    assert "RapidFort" in catalogue.not_covered


def test_an_image_whose_only_rebuilt_package_is_left_out_cannot_be_written(
    fleet: Fleet, tmp_path: Path
) -> None:
    debian = SUPPLIED[0]
    knowledge = suppliers.database(tmp_path / "db", debian)
    release = suppliers.image(debian, 0).layers[0]
    status = "".join(
        f"Package: {name}\nStatus: install ok installed\nMaintainer: {whose}\n"
        f"Architecture: amd64\nVersion: {version}\n\n"
        for name, version, whose in (
            ("pkg0", "1.0-1", "Debian <a@debian.org>"),
            ("pkg2", "1.0-1.root.io.1", "Docker <support@docker.com>"),
        )
    )
    catalogue = fleet.catalogue(Image((release, layer({"var/lib/dpkg/status": status}))), knowledge)
    assert catalogue.not_covered == (
        "nothing that Root.io rebuilt in it can be written into a document"
    )
