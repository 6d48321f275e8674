"""What the demo prints: a line for each pass, and where to go from there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.cli.telling import Telling
from watcher.demo.run import Played
from watcher.demo.story import Chapter
from watcher.ports.store.passes import Failure
from watcher.services.pass_ import PassReport

START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def report() -> PassReport:
    report = PassReport(START)
    report.counts.update(episodes_opened=35, episodes_closed=113, tickets_created=1)
    return report


def test_a_pass_is_one_line_under_the_heads_of_its_columns(report: PassReport) -> None:
    line = Telling(START).line(Played(Chapter(36, "shop rebuilds"), report, 272))
    assert line == " 36    272   35   113     1    ·   shop rebuilds"
    heads = Telling(START).opening().splitlines()[-2:]
    plain = [head.replace("[bold]", "").replace("[/bold]", "") for head in heads]
    assert plain[0].index("what happened") == line.index("shop rebuilds")


def test_a_failure_is_told_under_its_pass_and_never_read_as_markup(report: PassReport) -> None:
    report.failures.append(Failure("inventory", "local", "[red]down", retry=True))
    line = Telling(START).line(Played(Chapter(36, "[b]"), report, 272))
    assert "\\[b]" in line
    assert line.splitlines()[1].strip() == "[yellow]local: \\[red]down[/yellow]"


def test_the_end_counts_the_tickets_and_names_one(tmp_path: Path) -> None:
    tickets = tmp_path / "tickets"
    tickets.mkdir()
    for number, state in ((1, "closed"), (2, "open")):
        (tickets / f"{number}.md").write_text(f"---\nkey: a\nstate: {state}\n---\n")
    told = Telling(START).closing(tmp_path, ".venv/bin/watcher")
    assert "1 open, 1 closed" in told
    assert f"{tmp_path}/tickets/2.md" in told
    asked = f"  .venv/bin/watcher --config {tmp_path}/watcher.yaml"
    assert f"{asked} exposures --open" in told
    assert f"{asked} report --format html -o report.html" in told
