"""docs/cli.md names every command with exactly its options, and every exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

import pytest
import typer

from watcher.cli import exits
from watcher.cli.application import application

PAGE = Path(__file__).resolve().parents[3] / "docs" / "cli.md"
OPTION = re.compile(r"^\| `(?:-[a-z], )?(--[a-z-]+)[ `]", flags=re.MULTILINE)


class Parameter(Protocol):
    """An option as the command line declares it."""

    opts: list[str]


class Command(Protocol):
    """A command, which may have commands of its own."""

    params: list[Parameter]
    commands: Mapping[str, Command]


def commands(name: str, command: Command) -> Iterator[tuple[str, Command]]:
    below = getattr(command, "commands", {})
    if not below:
        yield name, command
    for word, one in below.items():
        yield from commands(f"{name} {word}", one)


ROOT = cast("Command", typer.main.get_command(application))
COMMANDS = dict(commands("watcher", ROOT))


def sections() -> dict[str, str]:
    pieces = re.split(r"^## `([^`]+)`$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        name: text.partition("\n## ")[0]
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def options_of(command: Command) -> set[str]:
    words = {word for one in command.params for word in one.opts if word.startswith("--")}
    return words - {"--help"}


def section_of(name: str) -> str:
    """The commands below another one share its section."""
    return " ".join(name.split()[:2])


def test_the_page_has_every_command_and_no_other() -> None:
    assert sections().keys() == {section_of(name) for name in COMMANDS}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_explained_with_exactly_its_options(name: str) -> None:
    section = sections()[section_of(name)]
    documented = set(OPTION.findall(section))
    below = [one for other, one in COMMANDS.items() if section_of(other) == section_of(name)]
    assert documented == set().union(*map(options_of, below))
    assert f"`{name}" in section or f"\n{name}" in section
    assert "```" in section


def test_the_options_before_the_command_are_explained() -> None:
    beginning = PAGE.read_text(encoding="utf-8").partition("\n## ")[0]
    assert set(OPTION.findall(beginning)) == options_of(ROOT)


def test_every_exit_code_is_explained() -> None:
    rows = re.findall(r"^\| (\d+) \| .+ \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    codes = {value for name, value in vars(exits).items() if name.isupper() and type(value) is int}
    assert {int(row) for row in rows} == codes
