"""Streams: names that point to one image after another, a view of tags under rules in force.

Read it from `view`: which streams a repository's tags make. `line` and `newest` say which of many
tags counts, `head` follows it over time, `binding` resolves what it pointed to by platform.
"""

from __future__ import annotations

from watcher.domain.stream.binding import bindings, within
from watcher.domain.stream.idle import IDLE_AFTER, Line, idle_lines
from watcher.domain.stream.model import (
    Binding,
    By,
    EndReason,
    PlatformImage,
    Pointing,
    Stream,
)
from watcher.domain.stream.rule import Lines, StreamRule, rule_for
from watcher.domain.stream.view import streams_of

__all__ = [
    "IDLE_AFTER",
    "Binding",
    "By",
    "EndReason",
    "Line",
    "Lines",
    "PlatformImage",
    "Pointing",
    "Stream",
    "StreamRule",
    "bindings",
    "idle_lines",
    "rule_for",
    "streams_of",
    "within",
]
