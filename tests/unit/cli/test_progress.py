"""Progress is a bar on a terminal and nothing anywhere else."""

from __future__ import annotations

import io

import pytest

from watcher.cli.progress import SilentProgress, progress_on
from watcher.ports.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def work(progress: Progress) -> None:
    with progress.over("match [red]", 3) as step:
        for _ in range(3):
            step()


def test_a_terminal_sees_the_stage_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    work(progress_on(terminal))
    assert "match [red]" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()


def test_a_log_sees_nothing() -> None:
    log = io.StringIO()
    assert isinstance(progress_on(log), SilentProgress)
    work(progress_on(log))
    assert log.getvalue() == ""
