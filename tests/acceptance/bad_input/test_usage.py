"""What is asked for wrongly: exit code 2, a line that says where and what to do, nothing done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.bad_input.fleet import Fleet
from tests.acceptance.bad_input.looks import assert_clear

pytestmark = pytest.mark.servers

WRONG = [
    pytest.param(["sync", "--only", "mach"], ["--only mach", "match"], id="stage"),
    pytest.param(
        ["sync", "--at", "2026-03-01T23:59:59Z"],
        ["--at 2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z", "a later one"],
        id="past",
    ),
    pytest.param(
        ["sync", "--at", "2026-03-05T12:00:00"],
        ["--at '2026-03-05T12:00:00'", "offset", "2026-01-31T12:00:00Z"],
        id="offset",
    ),
    pytest.param(["sync", "--at", "tomorrow"], ["--at 'tomorrow'"], id="no time"),
    pytest.param(["sync", "--att", "x"], ["--att", "--help"], id="option"),
    pytest.param(["snyc"], ["snyc", "--help"], id="command"),
    pytest.param(["exposures", "--as-of", "2026-03-05"], ["--as-of '2026-03-05'"], id="as of"),
]


@pytest.mark.parametrize(("arguments", "named"), WRONG)
def test_a_wrong_command_line_is_explained_and_nothing_is_done(
    idle_fleet: Fleet, arguments: list[str], named: list[str]
) -> None:
    kept = (idle_fleet.folder / "watcher.db").read_bytes()
    told = idle_fleet.asked(*arguments)
    assert told.code == 2
    (line,) = told.lines
    assert_clear(line, "error: ", *named)
    assert told.document == {}
    assert (idle_fleet.folder / "watcher.db").read_bytes() == kept


def test_an_unknown_key_is_named_with_its_place_and_the_nearest_known_one(fleet: Fleet) -> None:
    fleet.changes = {"stale_afetr": "24h"}
    fleet.watched = {"inlcude": ["**"]}
    told = fleet.sync(1)
    assert told.code == 2
    assert told.document == {}
    first, second = sorted(told.lines)
    assert_clear(first, "error: ", "watcher.yaml", "registries", "inlcude", "include")
    assert_clear(second, "error: ", "watcher.yaml", "stale_afetr", "stale_after")


@pytest.mark.parametrize(
    ("content", "named"),
    [(None, "there is no configuration"), ("registries: [", "YAML"), ("- a list", "mapping")],
    ids=["missing", "cut", "list"],
)
def test_a_configuration_that_is_none_is_named(
    idle_fleet: Fleet, tmp_path: Path, content: str | None, named: str
) -> None:
    file = tmp_path / "of-mine.yaml"
    if content is not None:
        file.write_text(content)
    told = idle_fleet.watcher("--config", str(file), "sync")
    assert told.code == 2
    assert_clear(told.lines[0], "error: ", str(file), named)
