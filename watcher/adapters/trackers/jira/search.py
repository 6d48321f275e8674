"""Jira's searches: by tokens on Cloud, by numbers on a Data Center; all pages, or an error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from watcher.adapters.issues import Read, Wire, document
from watcher.adapters.issues.pages import MOST_PAGES, endless
from watcher.adapters.trackers.jira.fields import FIELDS

_PAGE: Final = 100


def search(wire: Wire, jql: str, *, cloud: bool) -> Iterator[Read]:
    """Issues that a query finds."""
    told = {"jql": jql, "fields": FIELDS, "maxResults": str(_PAGE)}
    path = "search/jql" if cloud else "search"
    for _ in range(MOST_PAGES):
        answer = wire.outside(f"{wire.api}/{path}?{urlencode(told)}")
        page = Read(answer, document(answer))
        found = page.items("issues")
        yield from (Read(answer, one) for one in found)
        following = _by_token(page) if cloud else _by_number(page, len(found))
        if following is None:
            return
        told.update(following)
    raise endless(answer)


def _by_token(page: Read) -> dict[str, str] | None:
    token = page.maybe("nextPageToken")
    return {"nextPageToken": token} if token and not page.get("isLast") else None


def _by_number(page: Read, came: int) -> dict[str, str] | None:
    """Where the next page starts: a server gives fewer than it is asked for."""
    reached = page.number("startAt") + came
    return {"startAt": str(reached)} if came and reached < page.number("total") else None
