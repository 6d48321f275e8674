"""`watcher exposures`: the windows, each with its episodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from watcher.cli.output import (
    AsOfOption,
    AsOption,
    FileOption,
    Format,
    KnownNowOption,
    Listing,
    show,
)
from watcher.cli.session import reading
from watcher.cli.sheet import Column, Entry, entries_of, field
from watcher.cli.text import without_qualifiers
from watcher.domain.errors import UsageError
from watcher.ports.store.exposures import WindowFilter
from watcher.reading import documents


def _accepted(row: Entry) -> Mapping[str, object]:
    told = row["acceptance"]
    return told if isinstance(told, Mapping) else {}


def _stated(one: Entry) -> str:
    doubts = ", ".join(str(doubt).replace("_", " ") for doubt in one["doubts"])  # type: ignore[attr-defined]
    return f"{one['status']} by {one['author'] or 'unknown'}{f' ({doubts})' if doubts else ''}"


def _remark(row: Entry) -> str:
    """What people say of a window: accepted until when, stated by whom."""
    accepted, remarks = _accepted(row), [f"VEX: {_stated(one)}" for one in entries_of(row, "vex")]
    if accepted:
        word = "expired" if accepted["expired"] else "until"
        remarks.insert(0, f"accepted by {accepted['author']}, {word} {accepted['expires']}")
    return "; ".join(remarks)


_COLUMNS = (
    field("name", "stream", flexible=True),
    field("registry"),
    field("repository"),
    field("platform", "platform", spared=7),
    field("team"),
    field("vulnerability", "vulnerability"),
    field("severity", "severity"),
    Column("state", lambda row: "open" if row["to"] is None else "closed", "state", spared=3),
    field("from", "from", spared=2),
    field("to", "to", spared=5),
    field("cause", "cause", spared=6),
    field("cumulative_days", "days", short=lambda days: f"{days:.1f}"),
    field("backfilled"),
    field("from_not_before"),
    field("to_not_before"),
    field("flap"),
    field("detected"),
    field("fix_available"),
    field("first_image"),
    field("last_image"),
    field("ended_by"),
    field("packages", "packages", short=without_qualifiers, flexible=True),
    field("covered", "covered", spared=4),
    field("aliases"),
    Column("accepted_by", lambda row: _accepted(row).get("author")),
    Column("accepted_until", lambda row: _accepted(row).get("expires")),
    Column("vex", lambda row: [_stated(one) for one in entries_of(row, "vex")]),
    Column(None, _remark, "remark", flexible=True),
)


class SeverityName(StrEnum):
    """The severities, worst first."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    UNKNOWN = "UNKNOWN"


def exposures(
    context: typer.Context,
    *,
    open_: Annotated[bool, typer.Option("--open", help="Only windows that are open.")] = False,
    stream: Annotated[
        str | None,
        typer.Option(metavar="S", help="One stream, or a repository; @os/arch names a platform."),
    ] = None,
    vulnerability: Annotated[
        str | None, typer.Option(metavar="V", help="One vulnerability, by its id.")
    ] = None,
    severity: Annotated[
        SeverityName | None, typer.Option(case_sensitive=False, help="One severity.")
    ] = None,
    as_of: AsOfOption = None,
    known_now: KnownNowOption = False,
    format_: AsOption = Format.TABLE,
    output: FileOption = None,
) -> None:
    """List the exposure windows: since when which stream has been exposed, and how each ended.

    In tables and CSV an episode is a row; days are those of the whole window.
    """
    wanted = WindowFilter(open_, _stream(stream), _id(vulnerability), severity and severity.value)
    with reading(context, as_of, known_now=known_now) as record:
        told = documents.exposures(record, wanted)
    found = entries_of(told, "windows")
    note = f"windows: {len(found)}, of which open: {sum(one['open'] is True for one in found)}"
    show(Listing(told, [*_rows(found)], _COLUMNS, [note]), format_, output)


def _id(text: str | None) -> str | None:
    """Write a CVE as it is recorded; ids of other sources have a letter case of their own."""
    return text.upper() if text and text.lower().startswith("cve-") else text


def _stream(text: str | None) -> str | None:
    if text is not None and "/" not in text.partition("@")[0]:
        raise UsageError(
            f"--stream {text!r} names no repository: write local/shop/api:latest, "
            "local/shop/api#2-slim or local/shop/api, each with @linux/amd64 or without"
        )
    return text


def _rows(windows: list[Entry]) -> Iterator[Entry]:
    for window in windows:
        sign = ":" if window.get("by") == "tag" else "#"
        name = f"{window['registry']}/{window['repository']}{sign}{window['stream']}"
        for episode in entries_of(window, "episodes"):
            packages = [_package(one) for one in entries_of(episode, "packages")]
            yield {**window, **episode, "name": name, "packages": packages}


def _package(package: Mapping[str, object]) -> str:
    return str(package["purl"])
