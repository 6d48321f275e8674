"""Pages of a list, to its end or to an error."""

from __future__ import annotations

from collections.abc import Callable

from watcher.adapters.registries.artifact_registry.api import Page, Row, UnacceptableError
from watcher.domain.errors import NotFoundError, PermanentError, TransientError

_MOST_PAGES = 5000
# An empty page may have a successor (https://google.aip.dev/158); so many in a row lead nowhere.
_MOST_IDLE = 50
_LONGEST_TOKEN = 8192


def all_pages(what: str, fetch: Callable[[str], Page[Row]]) -> tuple[list[Row], int]:
    """Follow a list to its end; gives its rows, and the number of pages they came on.

    Raises PermanentError where pages lead nowhere, TransientError where the list is no longer
    there, or no longer understood, once it had begun.
    """
    rows: list[Row] = []
    token, seen, idle = "", {""}, 0
    for number in range(1, _MOST_PAGES + 1):
        page = _page(what, fetch, token)
        rows += page.rows
        token, idle = page.next_token, 0 if page.rows else idle + 1
        if not token:
            return rows, number
        if token in seen or idle > _MOST_IDLE or len(token) > _LONGEST_TOKEN:
            break
        seen.add(token)
    raise PermanentError(f"{what}: its pages do not end ({len(rows)} rows so far); refused")


def _page(what: str, fetch: Callable[[str], Page[Row]], token: str) -> Page[Row]:
    try:
        return fetch(token)
    except (NotFoundError, UnacceptableError) as error:
        if not token:
            raise
        # It was there a moment ago, and so the token of this page was good: no evidence of absence.
        raise TransientError(f"{error}, while {what} was being listed; asked again") from None
