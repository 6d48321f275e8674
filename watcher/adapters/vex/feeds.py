"""Feeds as the configuration names them: an address, a file, or a folder of documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watcher.adapters.http import Connecting, Http, shown_address
from watcher.adapters.vex.documents import LARGEST, parse_document
from watcher.adapters.vex.products import Called
from watcher.domain.errors import AttemptError, PermanentError, TransientError
from watcher.ports.vex import Unread, VexDocument, VexFeed

_MOST: Final = 10_000  # documents of a folder


def feed_of(source: str, called: Called) -> VexFeed:
    """The feed that a source names."""
    return AddressFeed(source, called) if "://" in source else PathFeed(source, called)


@dataclass(frozen=True, slots=True)
class AddressFeed:
    """One document at an address of http or https; signs `VexFeed`."""

    address: str
    called: Called

    @property
    def source(self) -> str:
        """The address without what may be secret in it."""
        return shown_address(self.address)

    def read(self) -> list[VexDocument | Unread]:
        """The document; raises AttemptError where it could not be had."""
        http = Http(Connecting(concurrency=1))
        try:
            answer = http.request("GET", self.address, limit=LARGEST)
        finally:
            http.close()
        return [_parsed(self.source, answer.body, self.called)]


@dataclass(frozen=True, slots=True)
class PathFeed:
    """A file, or the `.json` files of a folder; signs `VexFeed`."""

    source: str
    called: Called

    def read(self) -> list[VexDocument | Unread]:
        """Every document; raises AttemptError where it cannot be told which there are."""
        path = Path(self.source)
        if not path.is_dir():
            return [_parsed(self.source, _content(path), self.called)]
        return [self._one(each) for each in _listed(path)]

    def _one(self, path: Path) -> VexDocument | Unread:
        try:
            content = _content(path)
        except AttemptError as error:
            return Unread(str(path), str(error), not isinstance(error, PermanentError))
        return _parsed(str(path), content, self.called)


def _parsed(location: str, content: bytes, called: Called) -> VexDocument | Unread:
    try:
        return parse_document(location, content, called)
    except PermanentError as error:
        return Unread(location, str(error), retry=False)


def _listed(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(one for one in folder.iterdir() if one.suffix == ".json")
    except OSError as error:
        raise TransientError(f"{folder} cannot be listed: {error.strerror}") from None
    if len(found) > _MOST:
        raise PermanentError(f"{folder} holds more than {_MOST} documents: share them out")
    yield from found


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise PermanentError(
            f"there is no {path}: create it, or take it out of feeds.vex to withdraw what it said"
        ) from None
    except OSError as error:
        raise TransientError(f"{path} cannot be read: {error.strerror}") from None
