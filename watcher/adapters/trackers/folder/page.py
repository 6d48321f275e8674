"""A ticket's file as text: front matter, watcher's text up to its marker, a person's notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from watcher.adapters.trackers.folder.front_matter import (
    FrontMatter,
    FrontMatterError,
    Value,
)
from watcher.domain.ticket import TicketKey, marked, with_marker
from watcher.ports.tracker import Draft

_LARGEST_HEAD: Final = 16 * 1024  # characters of front matter
_DASHES: Final = re.compile(r"^---[ \t]*$", re.MULTILINE)
_KEPT: Final = (
    "The line that ends watcher's text was missing here. This is what the file said before:"
)

State = Literal["open", "closed"]


class BrokenPageError(Exception):
    """A file that is no ticket any more; `key` is the one it still names, if any."""

    def __init__(self, message: str, key: TicketKey | None = None) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, slots=True)
class Page:
    """A ticket's file taken apart. `body` ends with the marker, unless a person removed it."""

    front: FrontMatter
    key: TicketKey
    state: State
    body: str
    notes: str = ""

    @classmethod
    def new(cls, draft: Draft, at: datetime) -> Page:
        """Write a new ticket down."""
        values: dict[str, Value] = {
            "key": str(draft.key),
            "title": _one_line(draft.title),
            "state": "open",
            "labels": tuple(_one_line(label) for label in draft.labels),
            "created_at": _stamp(at),
            "updated_at": _stamp(at),
        }
        front = FrontMatter.written(values)
        return cls(front, draft.key, "open", with_marker(_lines(draft.body), draft.key))

    @classmethod
    def parse(cls, content: bytes) -> Page:
        """Read a file; raises BrokenPageError."""
        try:
            text = _lines(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise BrokenPageError("is not UTF-8 text: restore it, or move it away") from None
        found = marked(text)
        try:
            return cls._read(text)
        except (FrontMatterError, BrokenPageError) as error:
            raise BrokenPageError(str(error), found.key if found else None) from None

    @classmethod
    def _read(cls, text: str) -> Page:
        head, rest = _apart(text)
        front = FrontMatter.read(head)
        key = _key(front, rest)
        found = marked(rest, key)
        end = found.end if found else len(rest)
        return cls(front, key, _state(front), rest[:end].strip() + "\n", rest[end:].strip())

    @property
    def title(self) -> str:
        """The title, which is the people's."""
        return _text(self.front, "title")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, which are the people's; one written as plain text counts as well."""
        said = self.front.values.get("labels", ())
        if isinstance(said, str):
            return (said,) if said else ()
        return said

    def time(self, name: str) -> datetime | None:
        """One of the times in UTC, None where a person took it out or garbled it."""
        try:
            read = datetime.fromisoformat(_text(self.front, name).strip())
            return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def written(self) -> bytes:
        """The whole file."""
        notes = f"\n{self.notes}\n" if self.notes else ""
        text = f"---\n{self.front.text.rstrip()}\n---\n\n{self.body}{notes}"
        return text.encode("utf-8", "backslashreplace")

    def with_body(self, body: str) -> Page:
        """Watcher's text written anew; what a person wrote behind the marker stays.

        Where the marker is gone nobody knows whose text is whose: all of it is kept behind.
        """
        wanted = with_marker(_lines(body), self.key)
        if marked(self.body, self.key) is None and self.body.strip():
            return replace(self, body=wanted, notes=f"{_KEPT}\n\n{self.body.strip()}")
        return replace(self, body=wanted)

    def with_remark(self, text: str, at: datetime) -> Page:
        """A remark of watcher behind all others."""
        remark = f"**watcher, {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC:** {_lines(text).strip()}"
        return replace(self, notes=f"{self.notes}\n\n{remark}".strip())

    def with_values(self, **values: Value | None) -> Page:
        """Keys of the front matter set where they are given, its key put back where it is lost."""
        given = {name: value for name, value in values.items() if value is not None}
        given["key"] = str(self.key)
        said = self.front.values
        changed = {name: value for name, value in given.items() if said.get(name) != value}
        front = self.front.changed(changed)
        return replace(self, front=front, state=_state(front))

    def stamped(self, at: datetime) -> Page:
        """The same page, changed at this time."""
        return replace(self, front=self.front.changed({"updated_at": _stamp(at)}))


def _apart(text: str) -> tuple[str, str]:
    """The front matter and what follows it."""
    opening = _DASHES.match(text)
    end = opening.end() if opening else 0
    closing = _DASHES.search(text, end, end + _LARGEST_HEAD)
    if opening is None or closing is None:
        raise BrokenPageError("has no front matter between two lines of `---`: put it back")
    return text[opening.end() + 1 : closing.start()], text[closing.end() :]


def _key(front: FrontMatter, rest: str) -> TicketKey:
    """The key of the front matter, else that of the marker; raises BrokenPageError."""
    found = marked(rest)
    try:
        key = TicketKey.parse(_text(front, "key").strip())
    except ValueError:
        if found is None:
            raise BrokenPageError("has lost its key: put `key: …` back, or move it away") from None
        return found.key
    if found is not None and marked(rest, key) is None:
        raise BrokenPageError(f"says key {key} above and {found.key} below: correct one of them")
    return key


def _state(front: FrontMatter) -> State:
    said = _text(front, "state").strip().lower()
    if said == "open":
        return "open"
    if said == "closed":
        return "closed"
    raise BrokenPageError(f"has state {said[:50]!a}: write `state: open` or `state: closed`")


def _text(front: FrontMatter, name: str) -> str:
    value = front.values.get(name, "")
    return value if isinstance(value, str) else ""


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "backslashreplace").decode("utf-8").split())


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"
