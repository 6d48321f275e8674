"""What GitHub means by an answer: where a list goes on, and which refusals are limits."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

from watcher.adapters.http import Answer
from watcher.adapters.http.address import origin, redacted
from watcher.adapters.http.failure import pause
from watcher.adapters.http.quota import quota_of
from watcher.adapters.issues import said
from watcher.adapters.issues.refusal import limited
from watcher.adapters.issues.refusal import refusal as usual
from watcher.domain.errors import PermanentError, WatcherError

_NEXT: Final = re.compile(r"<([^<>]{1,2000})>[^,<>]*;\s*rel=\"?next\"?")
_NEEDS: Final = "to write issues (Issues: read and write), and a role of at least write"
_UNSAID: Final = 60.0  # seconds that GitHub wants waited at least where it does not say how long
_judge: Final = usual(_NEEDS)


def next_page(answer: Answer) -> str | None:
    """Where a list goes on by its Link; raises PermanentError where that is on another host."""
    found = _NEXT.search(answer.headers.get("Link", ""))
    if found is None:
        return None
    url: str = urljoin(answer.url, found[1])
    if origin(url) != origin(answer.url):
        raise PermanentError(f"{answer.asked}: its next page is at {redacted(url)}; refused")
    return url


def refusal(answer: Answer) -> WatcherError:
    """Judge a refusal: its limits are 403 as often as 429, and nothing was done by then."""
    words = said(answer)
    quota = quota_of(answer)
    spent = quota is not None and quota.remaining == 0
    if answer.status == HTTPStatus.FORBIDDEN and (spent or "rate limit" in words.lower()):
        asked = pause(answer)
        renewed = quota.renewed_in if quota is not None and spent else None
        told = f"{answer.asked}: {answer.status} ({words})"
        return limited(told, next((one for one in (asked, renewed) if one is not None), _UNSAID))
    return _judge(answer)
