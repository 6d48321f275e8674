"""The command as it was called, to be pasted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from watcher.cli.called import called


@pytest.mark.parametrize(
    ("program", "on_path", "said"),
    [
        (".venv/bin/watcher", None, ".venv/bin/watcher"),
        (".venv/bin/watcher", "/usr/bin/watcher", ".venv/bin/watcher"),
        ("/usr/bin/watcher", "/usr/bin/watcher", "watcher"),
        ("my tools/watcher", None, "'my tools/watcher'"),
        ("/x/watcher/__main__.py", None, f"{sys.executable} -m watcher"),
    ],
)
def test_a_command_is_named_so_that_the_shell_finds_it(
    program: str, on_path: str | None, said: str
) -> None:
    assert called(program, lambda _: on_path) == said


def test_a_name_on_path_that_leads_to_the_same_program_will_do(tmp_path: Path) -> None:
    program = tmp_path / "watcher"
    program.touch()
    link = tmp_path / "link"
    link.symlink_to(program)
    assert called(str(program), lambda _: str(link)) == "watcher"
