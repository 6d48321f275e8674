"""Tables lose nothing but the rest of digests, and never let the terminal be told anything."""

from __future__ import annotations

import io

import pytest

from watcher.cli.tables import table
from watcher.report.sheets.columns import Column, field

DIGEST = "sha256:" + "0123456789abcdef" * 4


class Terminal(io.StringIO):
    """A terminal of a width that the environment tells."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def test_off_a_terminal_a_row_is_one_line_however_long() -> None:
    text = "word " * 400
    drawn = table([{"a": text, "b": "end"}], [field("a", "A"), field("b", "B")], [], None)
    assert drawn.splitlines()[1].split() == [*text.split(), "end"]


def test_digests_are_cut_and_everything_else_is_whole() -> None:
    drawn = table([{"a": f"local/api@{DIGEST}"}], [field("a", "image")], ["one image"], None)
    assert drawn == "image\nlocal/api@0123456789ab\none image\n"


def test_what_is_unknown_is_a_dash_and_what_is_said_is_yes_or_no() -> None:
    entry = {"a": None, "b": True, "c": False, "d": ["x", "y"], "e": [], "f": 0}
    columns = [field(key, key.upper()) for key in entry]
    assert table([entry], columns, [], None).splitlines()[1].split() == (
        ["-", "yes", "no", "x,", "y", "-", "0"]
    )


def test_hostile_text_is_written_out_and_markup_is_not_obeyed() -> None:
    text = "\x1b[2J[red]x[/red] :boom: \u202e"
    drawn = table([{"a": text}], [field("a", "A")], [text], None)
    assert drawn.splitlines()[1:] == ["\\x1b[2J[red]x[/red] :boom: \\u202e"] * 2


def test_a_column_without_a_heading_is_for_machines_alone() -> None:
    drawn = table([{"a": "1", "b": "2"}], [field("a", "A"), field("b")], [], None)
    assert drawn == "A\n1\n"


def test_a_table_of_nothing_is_its_notes() -> None:
    assert table([], [field("a", "A")], ["nothing found"], None) == "nothing found\n"


def test_a_narrow_terminal_folds_only_what_may_be_folded(narrow: Terminal) -> None:
    columns = [field("a", "A"), field("b", "B", flexible=True)]
    drawn = table([{"a": "a" * 30, "b": "word " * 20}], columns, [], narrow)
    first, *more = drawn.splitlines()[1:]
    assert first.startswith("a" * 30)
    assert drawn.count("word") == 20
    assert more


def test_what_does_not_fit_is_left_out_by_how_well_it_can_be_spared_and_named(
    narrow: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [
        field("a", "A", flexible=True),
        field("b", "B", spared=2),
        field("c", "C", spared=3),
        field("d", "D"),
    ]
    entry = {"a": "word " * 10, "b": "b" * 12, "c": "c" * 8, "d": "d" * 8}
    drawn = table([entry], columns, ["one"], narrow)
    lines = drawn.splitlines()
    assert drawn.count("word") == 10
    assert "c" * 8 not in drawn
    assert "b" * 12 not in drawn
    assert any(line.startswith("too narrow for: B, C (") for line in lines)
    assert max(len(line) for line in lines[1:]) <= 40
    monkeypatch.setenv("COLUMNS", "52")
    drawn = table([entry], columns, [], Terminal())
    assert "b" * 12 in drawn
    assert "too narrow for: C (" in drawn
    assert "too narrow" not in table([entry], columns, [], None)


def test_a_name_is_broken_behind_its_joints(narrow: Terminal) -> None:
    columns = [field("a", "A", flexible=True), field("b", "B")]
    entry = {"a": "local/base/python:3.12-slim", "b": "b" * 16}
    lines = table([entry], columns, [], narrow).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["local/base/python:", "3.12-slim"]


def test_a_column_that_says_nothing_is_left_out_first(narrow: Terminal) -> None:
    columns = [field("a", "A"), field("b", "B", spared=5), field("c", "remark")]
    entry = {"a": "a" * 26, "b": "b" * 8, "c": None}
    drawn = table([entry], columns, [], narrow)
    assert "b" * 8 in drawn
    assert "too narrow for: remark" in drawn


def test_only_a_terminal_gets_colour(narrow: Terminal) -> None:
    columns = [field("a", "A")]
    assert "\x1b[" in table([{"a": "CRITICAL"}], columns, [], narrow)
    assert "\x1b" not in table([{"a": "CRITICAL"}], columns, [], io.StringIO())


def test_a_user_who_wants_no_colour_gets_none(
    narrow: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in table([{"a": "HIGH"}], [field("a", "A")], [], narrow)


def test_a_column_may_be_shorter_in_tables() -> None:
    column = Column("days", lambda entry: entry["days"], "days", lambda value: f"{value:.1f}")
    assert table([{"days": 1.25}], [column], [], None) == "days\n1.2\n"
