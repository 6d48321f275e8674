"""The log of a process that runs for years: a line for each event, as text or as JSON.

Whatever is logged, by watcher or by a library, the values of the configuration's secrets are no
part of it, and nothing in it is obeyed by a terminal or taken for another line.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter

from watcher.report.masked import Masked
from watcher.report.plain import plain
from watcher.report.times import stamp
from watcher.services.about import now as about_now

_ROOT: Final = logging.getLogger()
_OWN: Final = logging.getLogger("watcher")
_LINES: Final = logging.getLogger("watcher.run")

Event = Mapping[str, Any]


class Style(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


def say(line: str) -> None:
    """Tell whoever reads the log."""
    _LINES.info("%s", line)


@contextmanager
def logging_to(
    stream: TextIO, style: Style, now: Callable[[], datetime], masked: Masked
) -> Iterator[None]:
    """Write all that is logged in the block to a stream, each event on one line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(processors=[_Written(style, now, masked)], foreign_pre_chain=[_marked])
    )
    if style is Style.TEXT:
        # People read what was said to them, and what is wrong; machines can filter.
        handler.addFilter(lambda one: one.name == _LINES.name or one.levelno >= logging.WARNING)
    before = _OWN.level
    _ROOT.addHandler(handler)
    _OWN.setLevel(logging.INFO)
    try:
        yield
    finally:
        _OWN.setLevel(before)
        _ROOT.removeHandler(handler)


def _marked(_logger: object, _name: str, event: structlog.typing.EventDict) -> Event:
    """Mark a line with the pass, stage and job that it is about."""
    return {**event, **about_now()}


@dataclass(frozen=True, slots=True)
class _Written:
    """Makes the line of an event; the last step of all."""

    style: Style
    now: Callable[[], datetime]
    masked: Masked

    def __call__(self, _logger: object, _name: str, event: structlog.typing.EventDict) -> str:
        record: logging.LogRecord = event["_record"]
        said = self.masked.hide(str(event["event"]))
        if event.get("exc_info"):
            said = self.masked.hide(f"{said}: {record.exc_text or event['exc_info']}")
        at = stamp(self.now().replace(microsecond=0))
        if self.style is Style.TEXT:
            # One that asks for lines of its own gets none.
            return f"watcher: {at} {plain(said)}"
        told = {"at": at, "level": record.levelname.lower(), "logger": record.name, "event": said}
        about = {
            name: self.masked.hide(value) if isinstance(value, str) else value
            for name, value in event.items()
            if name in {"pass_number", "stage", "job"}
        }
        return str(structlog.processors.JSONRenderer()(None, "", {**told, **about}))
