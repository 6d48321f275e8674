"""Progress of long work: bars on a terminal, nothing anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from watcher.ports import progress as port

_LEFT: Final = TextColumn("left")


class Rate(ProgressColumn):
    """How many steps are done in a second, of late; in a minute where they are slow."""

    def render(self, task: Task) -> Text:
        """Show it once it can be told."""
        speed = task.finished_speed or task.speed
        return Text(
            "" if not speed else f"{speed:.1f}/s" if speed >= 1 else f"{60 * speed:.1f}/min"
        )


@dataclass(frozen=True, slots=True)
class BarProgress:
    """Signs the port `Progress` with a bar that is gone when its work is done."""

    console: Console

    @contextmanager
    def over(self, stage: str, total: int) -> Iterator[Callable[[], None]]:
        """Show a bar of so many steps."""
        columns = (TextColumn("{task.description}", markup=False), BarColumn())
        counted = (MofNCompleteColumn(), Rate(), TimeElapsedColumn(), _LEFT, TimeRemainingColumn())
        with Progress(*columns, *counted, console=self.console, transient=True) as bars:
            task = bars.add_task(stage, total=total)
            yield lambda: bars.advance(task)


@dataclass(frozen=True, slots=True)
class SilentProgress:
    """Signs the port `Progress` for a log or a pipe: a bar there would only be noise."""

    @contextmanager
    def over(self, stage: str, total: int) -> Iterator[Callable[[], None]]:
        """Count without showing."""
        del stage, total
        yield lambda: None


def progress_on(stream: TextIO) -> port.Progress:
    """The progress that fits where it would be shown."""
    console = Console(file=stream)
    return BarProgress(console) if console.is_terminal else SilentProgress()
