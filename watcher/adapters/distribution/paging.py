"""Pages: where the next one is, and when to stop believing that there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from watcher.adapters.http.address import origin, redacted
from watcher.domain.errors import PermanentError

_LONGEST = 8192
_MOST_NAMES = 500_000
_MOST_IDLE = 10  # pages in a row without a new name
# Where registries cut lists that were asked to be longer.
_CUTS = frozenset({50, 100, 500, 1000})
# RFC 8288 quotes the relation; some registries do not.
_LINK = re.compile(r"<([^<>]*)>[ \t]*((?:;[^;,<>]*)*)")
_NEXT = re.compile(r';[ \t]*rel[ \t]*=[ \t]*"?next"?[ \t]*(?:;|$)', re.IGNORECASE)


def next_page(url: str, link: str) -> str | None:
    """Give the address of the page after `url`, verbatim as the Link header has it.

    Raises PermanentError where it leads to another origin or path: credentials would go along.
    """
    if len(link) > _LONGEST:
        raise PermanentError(f"{redacted(url)}: its Link header is too long; refused")
    for target, parameters in _LINK.findall(link):
        if _NEXT.search(parameters):
            return _checked(url, target)
    return None


def _checked(url: str, target: str) -> str:
    try:
        found = urljoin(url, target)
    except ValueError:
        raise PermanentError(f"{redacted(url)}: its Link header is no address") from None
    if origin(found) != origin(url) or urlsplit(found).path != urlsplit(url).path:
        raise PermanentError(
            f"{redacted(url)}: its next page would be at {redacted(found)}, elsewhere; refused"
            " (behind a proxy, the registry must know its public address)"
        )
    return found


@dataclass(frozen=True, slots=True)
class Names:
    """A list as its pages told it: each name once, in the order in which they came.

    `doubtful` says that it may have been cut: it ended where registries cut, and this one does not
    give the names after one.
    """

    names: tuple[str, ...]
    doubtful: bool


class Walk:
    """A listing under way: the names so far, and whether its pages still lead anywhere.

    `size` is the number of names asked for per page.
    """

    def __init__(self, url: str, size: int) -> None:
        self._first = f"{url}?n={size}"
        self._url = url
        self._size = size
        self._seen: set[str] = set()
        self._names: dict[str, None] = {}
        self._idle = 0
        self._full = 0  # the length of the first page
        self._guessed = False  # whether the next page is one that nobody announced
        self._doubtful = False
        self.pages = 0

    @property
    def found(self) -> Names:
        """All names so far."""
        return Names(tuple(self._names), self._doubtful)

    def start(self) -> str:
        """Give the address of the first page."""
        self._seen.add(self._first)
        return self._first

    def step(self, url: str, page: tuple[str, ...], link: str) -> str | None:
        """Take in a page; give the address of the next one, None where this was the last.

        Raises PermanentError where the pages lead elsewhere, in a circle, or nowhere.
        """
        self.pages += 1
        before = len(self._names)
        self._names.update(dict.fromkeys(page))
        news = len(self._names) - before
        self._idle = 0 if news else self._idle + 1
        self._doubtful = self._guessed and bool(page) and not news
        announced = next_page(url, link)
        following = announced or self._unannounced(page, news)
        self._guessed = announced is None
        if following is None:
            return None
        if following in self._seen or self._idle > _MOST_IDLE or len(self._names) > _MOST_NAMES:
            raise PermanentError(
                f"{redacted(self._url)}: its pages do not end ({len(self._names)} names so far);"
                " refused"
            )
        self._seen.add(following)
        return following

    def _unannounced(self, page: tuple[str, ...], news: int) -> str | None:
        # Some registries cut a list without saying that there is more: at n, or at a number of
        # their own. Pages that are full by either may be such cuts.
        self._full = self._full or len(page)
        if news and len(page) == self._full and len(page) in {self._size, *_CUTS}:
            return f"{self._first}&last={quote(page[-1], safe='/')}"
        return None
