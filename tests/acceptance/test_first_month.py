"""The main job on real input: a real registry, real Trivy, ten passes, and the episodes they leave.

The expectations in `first_month.yaml` were worked out by hand from the story, not recorded.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.conftest import START, Month

EXPECTED: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("first_month.yaml").read_text()
)
LAST = START + timedelta(days=27)

pytestmark = pytest.mark.servers


def days(written: str | None) -> float | None:
    if written is None:
        return None
    return (datetime.fromisoformat(written) - START) / timedelta(days=1)


def ask(month: Month, folder: Path, *arguments: str) -> dict[str, Any]:
    answer = folder / "answer.json"
    assert month.watcher([*arguments, "--format", "json", "-o", str(answer)]) == 0
    document: dict[str, Any] = json.loads(answer.read_text())
    return document


def windows(month: Month, folder: Path, *arguments: str) -> dict[tuple[str, str], dict[str, Any]]:
    document = ask(month, folder, "exposures", *arguments)
    return {
        (_stream(one), one["vulnerability"]): one
        for one in document["windows"]
        if one["platform"] == "linux/amd64"
    }


def _stream(window: dict[str, Any]) -> str:
    return f"{window['repository']}{':' if window['by'] == 'tag' else '#'}{window['stream']}"


def test_the_ledger_holds_exactly_the_expected_windows(month: Month, folder: Path) -> None:
    expected = {(stream, name) for stream, told in EXPECTED.items() for name in told}
    assert set(windows(month, folder)) == expected


@pytest.mark.parametrize(
    ("stream", "vulnerability"),
    [(stream, name) for stream, told in EXPECTED.items() for name in told],
)
def test_the_episodes_are_those_worked_out_by_hand(
    month: Month, folder: Path, stream: str, vulnerability: str
) -> None:
    told = EXPECTED[stream][vulnerability]
    episodes = windows(month, folder)[stream, vulnerability]["episodes"]
    found = [[days(one["from"]), days(one["to"]), one["cause"]] for one in episodes]
    assert found == told["episodes"]
    for flag in ("from_not_before", "to_not_before"):
        if flag in told:
            assert [days(one[flag]) for one in episodes] == told[flag]
    if "backfilled" in told:
        assert [one["backfilled"] for one in episodes] == told["backfilled"]


def test_every_pass_but_the_one_without_a_registry_is_complete(month: Month) -> None:
    failures = {day: report.failures for day, (_, report) in month.reports.items()}
    assert [day for day, found in failures.items() if found] == [9]
    assert [(one.stage, one.subject) for one in failures[9]] == [("inventory", "local")]


def test_a_new_database_is_matched_without_pulling_in_one_run_for_each_context(
    month: Month,
) -> None:
    _, report = month.reports[21]
    assert report.counts["bytes_pulled"] == 0
    assert report.counts["manifest_gets"] == 0
    assert report.counts["trivy_runs"] == 3  # debian 12, alpine 3.19, and the languages


def test_every_new_image_is_derived_as_trivy_finds_it(month: Month, folder: Path) -> None:
    catalogued = sum(report.counts["catalogued"] for _, report in month.reports.values())
    assert catalogued == 13
    images = ask(month, folder, "images", "--as-of", f"{LAST:%Y-%m-%dT%H:%M:%SZ}")["images"]
    assert {one["image"]: one["reason"] for one in images if not one["covered"]} == {}


def test_what_was_known_on_day_15_is_shown_as_it_was(month: Month, folder: Path) -> None:
    then = START + timedelta(days=15)
    found = windows(month, folder, "--as-of", f"{then:%Y-%m-%dT%H:%M:%SZ}")
    api = found["shop/api:latest", "CVE-2026-50001"]["episodes"]
    assert [[days(one["from"]), days(one["to"]), one["cause"]] for one in api] == [
        [-20, 6, "remediated"],
        [15, None, None],
    ]
    assert found["shop/web#1", "CVE-2026-50004"]["open"]
    assert ("shop/web#2", "CVE-2026-50004") not in found


def test_a_pass_with_nothing_changed_asks_for_digests_and_nothing_else(
    month: Month, folder: Path
) -> None:
    at = f"{LAST:%Y-%m-%dT%H:%M:%SZ}"
    before = windows(month, folder)
    document = ask(month, folder, "sync", "--at", at)
    counts = document["counts"]
    assert counts["manifest_gets"] == 0
    assert counts["bytes_pulled"] == 0
    assert counts["trivy_runs"] == 0
    assert counts["tags_changed"] == counts["catalogued"] == counts["packages_matched"] == 0
    assert counts["episodes_opened"] == counts["episodes_closed"] == 0
    assert document["failures"] == []
    assert windows(month, folder) == before
