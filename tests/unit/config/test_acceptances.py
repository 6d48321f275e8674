"""The file of accepted risks: read as a whole, or refused in a line for each mistake."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.config import Config, load
from watcher.domain.errors import UsageError

ENTRY = "{vulnerability: CVE-1, reason: why, author: ada, expires: 2026-12-31}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "watcher.yaml").write_text("acceptances: risks.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def accepting(folder: Path, text: str) -> Config:
    (folder / "risks.yaml").write_text(text)
    return load(folder / "watcher.yaml", {})


def test_a_day_lasts_until_its_end_and_a_time_is_one(folder: Path) -> None:
    later = ENTRY.replace("2026-12-31", "2026-12-31T12:00:00+02:00")
    day, moment = accepting(folder, f"- {ENTRY}\n- {later}").accepted
    assert day.expires == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert moment.expires == datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert (day.match, day.reason, day.author) == (None, "why", "ada")


def test_what_is_accepted_is_part_of_the_snapshot(folder: Path) -> None:
    without = accepting(folder, "")
    assert without.accepted == ()
    told = accepting(folder, f"- {ENTRY}").snapshot()
    assert told.sha256 != without.snapshot().sha256
    (one,) = json.loads(told.body)["accepted"]
    assert one["vulnerability"] == "CVE-1"


def test_only_the_default_file_may_be_missing(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"acceptances: there is no file risks\.yaml"):
        load(folder / "watcher.yaml", {})
    (folder / "watcher.yaml").write_text("stale_after: 1d")
    assert load(folder / "watcher.yaml", {}).accepted == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("risks: 1", r"risks\.yaml: must be a list of entries"),
        (f"- {ENTRY}\n- {ENTRY[:-1]}, until: 1}}", r"risks\.yaml:2: .*until: unknown key"),
        ("- {vulnerability: CVE-1, reason: a, author: b}", r"risks\.yaml:1: .*expires: is missing"),
        (f"- {ENTRY.replace('2026-12-31', 'soon')}", "expires: must be a day such as"),
        (
            f"- {ENTRY.replace('2026-12-31', '2026-12-31T12:00:00')}",
            "expires: must be a day such as",
        ),
        (f"- {ENTRY.replace('why', '')}", "reason: is empty"),
        ("- just text", r"risks\.yaml:1: "),
        ("- [", "is not valid YAML"),
    ],
)
def test_a_mistake_is_one_clear_line(folder: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        accepting(folder, text)
    assert "\n" not in str(refused.value)
