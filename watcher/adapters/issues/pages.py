"""Pages of a list, until as much has come as the tracker says there is; bounded, all or raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from watcher.adapters.http import Answer
from watcher.adapters.issues.reading import listed
from watcher.adapters.issues.wire import document
from watcher.domain.errors import PermanentError

MOST_PAGES: Final = 500
Page = tuple[Answer, Sequence[Any]]


def counted_pages(ask: Callable[[int], Answer], total: str) -> Iterator[Page]:
    """Pages by their number, from 1; `total` is the header that counts everything.

    Where it is missing or wrong the list ends with the first page that is empty.
    """
    came = 0
    for number in range(1, MOST_PAGES + 1):
        answer = ask(number)
        entries = listed(answer, document(answer))
        if not entries:
            return
        yield answer, entries
        came += len(entries)
        said = answer.headers.get(total, "")
        if said.isdecimal() and came >= int(said):
            return
    raise endless(answer)


def led_pages(
    first: str, ask: Callable[[str], Answer], following: Callable[[Answer], str | None]
) -> Iterator[Page]:
    """Pages of which each says where the next one is; none is asked for twice."""
    url: str | None = first
    seen: set[str] = set()
    while url is not None:
        answer = ask(url)
        seen.add(url)
        yield answer, listed(answer, document(answer))
        url = following(answer)
        if url is not None and (url in seen or len(seen) >= MOST_PAGES):
            raise endless(answer)


def endless(answer: Answer) -> PermanentError:
    """A list that does not end."""
    return PermanentError(
        f"{answer.asked}: more than {MOST_PAGES} pages of issues, or pages that lead in a circle: "
        "move old ones away"
    )
