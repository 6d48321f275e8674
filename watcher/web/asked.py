"""What a request asks, read strictly: what cannot be meant is said, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeVar

from watcher.domain.errors import UsageError
from watcher.domain.reference import Repository, is_digest
from watcher.ports.store.browsing import NamedTrack

LONGEST: Final = 500  # characters of a name or a search
_MOST_PAGES: Final = 100_000
_REPOSITORY = re.compile(r"(?P<registry>[^/:#@]+)/(?P<path>[^:#@]+)")
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class StreamAsked:
    """A stream by its name, with a platform or without, or all streams of a repository."""

    text: str

    @property
    def repository(self) -> Repository | None:
        """The repository that is meant, as names mostly are; None where that cannot be told."""
        found = _REPOSITORY.match(self.text)
        return Repository(found["registry"], found["path"]) if found else None

    def names(self, one: NamedTrack) -> bool:
        """Whether a track is meant."""
        return self.text in {str(one.repository), one.stream} or self.on_platform(one)

    def on_platform(self, one: NamedTrack) -> bool:
        """Whether a track is meant, and no other platform of its stream."""
        return self.text == f"{one.stream}@{one.track.platform}"


def image_asked(text: str) -> tuple[Repository, str] | None:
    """Read `local/shop/api@sha256:…`; None where it names no image."""
    name, _, digest = text.rpartition("@")
    registry, _, path = name.partition("/")
    return (Repository(registry, path), digest) if path and is_digest(digest) else None


def given(text: str | None) -> str | None:
    """A text that says something; an empty field of a form says nothing."""
    if text is None or not text.strip():
        return None
    if len(text) > LONGEST:
        raise UsageError(f"the answer to {text[:20]!r}… is too long to look for")
    return text.strip()


def one_of(name: str, text: str | None, words: tuple[Word, ...]) -> Word:
    """One of some words, the first where nothing is said; raises UsageError that names them all."""
    wanted = (given(text) or words[0]).lower()
    for word in words:
        if word.lower() == wanted:
            return word
    raise UsageError(f"{name}={wanted[:40]!r} is none of {', '.join(words).lower()}")


def page_number(text: str | None) -> int:
    """The number of a page, from 1 on."""
    wanted = given(text) or "1"
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= _MOST_PAGES:
        return int(wanted[:9])
    raise UsageError(f"page={wanted[:20]!r} is no page: they are numbered from 1 on")
