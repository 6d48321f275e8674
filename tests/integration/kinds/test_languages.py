"""Packages of every language: the fleet's one match equals each image's own scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.kinds import languages
from tests.integration.kinds.conftest import Fleet, documents, of_image
from tests.integration.kinds.languages import LANGUAGES

pytestmark = pytest.mark.servers


def test_one_match_for_all_languages_equals_the_scan_of_each_image(
    fleet: Fleet, tmp_path: Path
) -> None:
    knowledge = languages.database(tmp_path / "db")
    kinds = list(LANGUAGES)
    made = (("1.0.0", kinds), ("1.9.9+a", kinds[::2]), ("2.0.0", kinds[1::2]))
    each = [fleet.catalogue(languages.image(*one), knowledge) for one in made]
    assert set(documents(each)) == {"language"}
    derived = fleet.derived(each, knowledge)
    for catalogue in each:
        assert of_image(catalogue, derived) == set(catalogue.findings)
    assert {one.vulnerability for one in derived} == {
        f"CVE-2024-{number}" for number, kind in enumerate(kinds) if kind != "conda-pkg"
    }
