"""What is asked of Artifact Registry's API, and what it answers, whichever way it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from watcher.domain.errors import PermanentError

Row = TypeVar("Row")


class UnacceptableError(PermanentError):
    """The API does not accept the request as it is, such as the token of a page that expired."""


@dataclass(frozen=True, slots=True)
class RepositoryRow:
    """A repository as it is listed: its resource name, and whether it is of our concern."""

    name: str
    docker: bool
    standard: bool  # neither remote nor virtual


@dataclass(frozen=True, slots=True)
class ImageRow:
    """An image as it is listed: its resource name, tags, the time of its upload, and its kind."""

    name: str
    tags: tuple[str, ...]
    uploaded_at: datetime | None
    media_type: str
    artifact_type: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A page of a list; without a token for the next one it is the last."""

    rows: tuple[Row, ...]
    next_token: str


class Api(Protocol):
    """The two lists that watcher needs; `size` is the number of rows wanted, at most 1000.

    Raises TransientError, PermanentError and their kinds only.
    """

    def repositories(self, parent: str, size: int, token: str) -> Page[RepositoryRow]:
        """A page of a location's repositories, of every format."""

    def images(self, parent: str, size: int, token: str) -> Page[ImageRow]:
        """A page of a repository's images, one row for each digest, untagged ones too."""
