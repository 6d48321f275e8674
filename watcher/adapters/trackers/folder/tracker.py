"""The folder tracker: one Markdown file per ticket, named by its number."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from watcher.adapters.trackers.folder import disk
from watcher.adapters.trackers.folder.disk import UnusableFileError
from watcher.adapters.trackers.folder.front_matter import FrontMatterError
from watcher.adapters.trackers.folder.page import BrokenPageError, Page
from watcher.adapters.trackers.folder.renamed import renamed
from watcher.domain.errors import NotFoundError, PermanentError, TransientError
from watcher.ports.tracker import (
    MARKDOWN,
    NOTHING_KNOWN,
    Draft,
    Known,
    Listing,
    Ticket,
    Unreadable,
)

_ID: Final = re.compile(r"[1-9][0-9]{0,8}")
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FolderTracker:
    """Tickets in `<folder>/<number>.md`; signs `watcher.ports.tracker.Tracker`.

    Files are replaced whole, and only where they still say what was listed. What is broken is
    named and left alone; its number, like that of a deleted file, is never given again.
    """

    opened_by = "write `state: open` in it"
    medium = MARKDOWN
    settling = timedelta(0)  # a file is there when its name is, or never

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    def tickets(
        self, known: Mapping[str, Known] = NOTHING_KNOWN, since: datetime | None = None
    ) -> Listing:
        """List every ticket; raises TransientError where the folder is not the one of `known`.

        All there is is looked at anyway, whatever `since` is.
        """
        del since
        with self._disk("read"):
            numbers = disk.numbers(self._folder)
            if known and not {str(one) for one in numbers} & set(known):
                self._check_same_folder(len(known))
            if len(numbers) > disk.MOST:
                raise PermanentError(
                    f"tracker {self.name}: {self._folder} holds more than {disk.MOST} tickets: "
                    "move closed ones away"
                )
            found = [one for number in numbers if (one := self._read(number)) is not None]
            strays = list(renamed(self._folder, found, known))
        return Listing.of(
            [one for one in found if isinstance(one, Ticket)],
            [*(one for one in found if isinstance(one, Unreadable)), *strays],
        )

    def create(self, draft: Draft, at: datetime) -> Ticket:
        """Write a new file; raises UncertainError where only the last sync to disk failed."""
        content = Page.new(draft, at).written()
        with self._disk("file a ticket"):
            number = disk.add(self._folder, content)
        return self._ticket(number, Page.parse(content), content)

    def update(
        self,
        ticket: Ticket,
        body: str,
        at: datetime,
        *,
        title: str | None = None,
        labels: tuple[str, ...] | None = None,
    ) -> Ticket:
        """Write the text anew, and title and labels where they are given."""
        return self._rewrite(
            ticket, at, lambda page: page.with_body(body).with_values(title=title, labels=labels)
        )

    def close(self, ticket: Ticket, body: str, at: datetime) -> Ticket:
        """Write the text anew and close."""
        return self._rewrite(
            ticket, at, lambda page: page.with_body(body).with_values(state="closed")
        )

    def reopen(
        self, ticket: Ticket, body: str, at: datetime, *, labels: tuple[str, ...] | None = None
    ) -> Ticket:
        """Write the text anew, labels where they are given, and open again."""
        return self._rewrite(
            ticket, at, lambda page: page.with_body(body).with_values(state="open", labels=labels)
        )

    def comment(self, ticket: Ticket, text: str, at: datetime) -> Ticket:
        """Add a remark behind the marker, where people's notes stand."""
        return self._rewrite(ticket, at, lambda page: page.with_remark(text, at).with_values())

    def check(self) -> str:
        """Say that the folder can be read and written; raises TransientError otherwise."""
        listing = self.tickets()
        if not self._folder.exists():
            return f"tracker {self.name}: {self._folder} is made with the first ticket"
        with self._disk("write"):
            disk.probe(self._folder)
        broken = f", {len(listing.unreadable)} of them unreadable" if listing.unreadable else ""
        count = len(listing.tickets) + len(listing.unreadable)
        return f"tracker {self.name}: {self._folder} is writable; tickets: {count}{broken}"

    def _read(self, number: int) -> Ticket | Unreadable | None:
        path = self._path(number)
        try:
            content = disk.read(path)
            return self._ticket(number, Page.parse(content), content)
        except FileNotFoundError:
            return None  # deleted between the look and the reading
        except UnusableFileError as error:
            return Unreadable(str(number), None, f"{path} {error}")
        except BrokenPageError as error:
            return Unreadable(str(number), error.key, f"{path} {error}")

    def _rewrite(self, ticket: Ticket, at: datetime, change: Callable[[Page], Page]) -> Ticket:
        """Change a file that is still as it was listed; writes nothing where nothing changes."""
        path = self._path(ticket.id)
        with self._disk("write"):
            try:
                content = disk.read(path)
                if _version(content) != ticket.version:
                    raise TransientError(
                        f"{path} was changed just now: the next pass reads it anew"
                    )
                page = Page.parse(content)
                changed = change(page)
                if changed == page:
                    return ticket
                written = changed.stamped(at).written()
                disk.replace(path, written)
            except FileNotFoundError:
                raise NotFoundError(f"{path} is not there any more: was it deleted?") from None
            except (UnusableFileError, BrokenPageError, FrontMatterError) as error:
                raise PermanentError(f"{path} {error}") from None
        return self._ticket(int(ticket.id), Page.parse(written), written)

    def _ticket(self, number: int, page: Page, content: bytes) -> Ticket:
        return Ticket(
            id=str(number),
            key=page.key,
            title=page.title,
            body=page.body,
            state=page.state,
            labels=page.labels,
            url=self._path(number).absolute().as_uri(),
            created_at=page.time("created_at"),
            updated_at=page.time("updated_at"),
            version=_version(content),
        )

    def _path(self, number: int | str) -> Path:
        if not _ID.fullmatch(str(number)):
            raise NotFoundError(f"tracker {self.name}: {str(number)[:50]!a} is no ticket's number")
        return self._folder / f"{number}.md"

    def _check_same_folder(self, known: int) -> None:
        if not disk.has_mark(self._folder):
            raise TransientError(
                f"tracker {self.name}: {self._folder} holds none of the {known} tickets filed "
                "there: mount or restore it, or correct the tracker's path"
            )

    @contextmanager
    def _disk(self, attempt: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            advice = "free space there" if error.errno in _FULL else "let watcher write to it"
            raise TransientError(
                f"tracker {self.name}: cannot {attempt} in {self._folder}: "
                f"{error.strerror or type(error).__name__}: {advice}, or correct its path"
            ) from error


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()
