"""What a newer base was predicted to end is what Trivy finds in images really rebuilt on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.season.played import Moment, Season
from tests.acceptance.season.rebuilding import compared

pytestmark = pytest.mark.servers

_AT_LEAST = 20


def _moments_of_bases(season: Season) -> list[Moment]:
    """Passes that first saw a base, those after them, and the last."""
    moments = list(season.moments.values())
    new = [any(tag[0].startswith("base/") for tag in m.played.chapter.pushes) for m in moments]
    here = zip(moments, new, [False, *new], strict=False)
    return [moment for moment, now, before in here if now or before or moment is moments[-1]]


def test_predicted_findings_are_those_of_a_full_scan_of_the_rebuilt_image(
    season: Season, tmp_path: Path
) -> None:
    told = {one for moment in _moments_of_bases(season) for one in moment.predictions}
    images = season.images()
    knowledge = season.demo.folder / "state" / "knowledge"
    found = compared([one for one in told if one.proven], images, tmp_path, knowledge)
    assert found.wrong == {}
    assert found.scans > _AT_LEAST


def test_what_an_own_layer_upgraded_is_left_unproven(season: Season) -> None:
    """pay/ledger upgrades openssl in a layer of its own, and openssl has a flaw without a fix."""
    unproven = {
        one.image for m in season.moments.values() for one in m.predictions if not one.proven
    }
    ledger = {
        content.digest
        for moment in season.moments.values()
        for (repository, _), content in moment.played.chapter.pushes.items()
        if repository == "pay/ledger"
    }
    assert unproven
    assert unproven <= ledger
