"""What the Hub API says of repositories and tags, read from its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from watcher.adapters.distribution.config import parse_time
from watcher.adapters.distribution.document import Document
from watcher.domain.reference import is_digest

Entry = TypeVar("Entry")

_HUB_OPENED: Final = 2013  # an earlier time stands for none


@dataclass(frozen=True, slots=True)
class RepositoryEntry:
    """A repository of a namespace, and when it was last pushed to."""

    name: str
    updated_at: datetime | None
    private: bool


@dataclass(frozen=True, slots=True)
class TagEntry:
    """A tag; old ones tell no digest. `updated_at` is what Hub sorts by, mostly the last push."""

    name: str
    updated_at: datetime | None
    pushed_at: datetime | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """One page of a list: how many there are in all, and where the next page is."""

    count: int
    following: str | None
    entries: tuple[Entry, ...]


def repositories_page(what: str, body: bytes) -> Page[RepositoryEntry]:
    """Read a page of repositories; raises PermanentError where it is none."""
    return _page(what, body, _repository)


def tags_page(what: str, body: bytes) -> Page[TagEntry]:
    """Read a page of tags; raises PermanentError where it is none."""
    return _page(what, body, _tag)


def tag_entry(what: str, body: bytes) -> TagEntry:
    """Read one tag; raises PermanentError where it is none."""
    return _tag(Document.read(what, body))


def _page(what: str, body: bytes, read: Callable[[Document], Entry]) -> Page[Entry]:
    document = Document.read(what, body)
    # A list that is missing would be an empty one.
    if not isinstance(document.fields.get("results"), list):
        document.wrong("results", "a list")
    entries = tuple(map(read, document.children("results")))
    return Page(document.size("count"), document.text("next") or None, entries)


def _repository(document: Document) -> RepositoryEntry:
    return RepositoryEntry(
        name=_name(document),
        updated_at=_moment(document, "last_updated"),
        private=document.fields.get("is_private") is True,
    )


def _tag(document: Document) -> TagEntry:
    digest = document.text("digest")
    return TagEntry(
        name=_name(document),
        updated_at=_moment(document, "last_updated") or _moment(document, "tag_last_pushed"),
        pushed_at=_moment(document, "tag_last_pushed"),
        digest=digest if is_digest(digest) else None,
    )


def _name(document: Document) -> str:
    return document.text("name") or document.wrong("name", "a name")


def _moment(document: Document, name: str) -> datetime | None:
    moment = parse_time(document.text(name))
    return moment if moment is not None and moment.year >= _HUB_OPENED else None
