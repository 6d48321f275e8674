"""The report's command: a page where a page is asked for, or a file is called one; JSON else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from tests.unit.cli.conftest import Desk
from watcher.bootstrap import App
from watcher.config import Config
from watcher.ports.store.bumps import Bumps

Captured = pytest.CaptureFixture[str]


class NoBumps:
    """What a report asks of the record of bumps, where there is none."""

    def remembered(self, _: int) -> list[object]:
        return []

    def planned(self, _: int) -> list[object]:
        return []

    def planned_last(self, *_: object) -> list[object]:
        return []


@dataclass
class ReportingDesk(Desk):
    """A desk whose record has no bumps."""

    @contextmanager
    def build(self, config: Config) -> Iterator[App]:
        with super().build(config) as app:
            yield replace(app, bumps=cast("Bumps", NoBumps()))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return ReportingDesk(tmp_path)


@pytest.mark.parametrize("options", [[], ["--format", "json"]])
def test_the_report_is_json_unless_a_page_is_asked_for(
    desk: Desk, capsys: Captured, options: list[str]
) -> None:
    assert desk.run("report", *options) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "watcher/report/1"


def test_a_page_is_written_to_the_standard_output(desk: Desk, capsys: Captured) -> None:
    assert desk.run("report", "--format", "html") == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


@pytest.mark.parametrize("name", ["report.html", "report.HTM"])
def test_a_file_that_is_called_a_page_is_one(desk: Desk, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    assert desk.run("report", "-o", str(file)) == 0
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_format_asked_for_beats_the_name_of_the_file(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert desk.run("report", "--format", "json", "-o", str(file)) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["schema"] == "watcher/report/1"


def test_without_a_pass_the_page_says_that_nothing_is_known(desk: Desk, capsys: Captured) -> None:
    desk.views.last = None
    assert desk.run("report", "--format", "html") == 0
    assert "Nothing is known." in capsys.readouterr().out


def test_an_unknown_format_is_wrong_usage(desk: Desk) -> None:
    assert desk.run("report", "--format", "docx") == 2
