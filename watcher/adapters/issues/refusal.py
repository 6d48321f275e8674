"""What trackers refuse, in the words of watcher: what was asked, what was said, what to do."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from watcher.adapters.http import Answer
from watcher.adapters.http.failure import pause, waiting
from watcher.adapters.issues.wire import said
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    WatcherError,
)

_LATER: Final = frozenset({408, 421, 423, 425})
_CHANGED: Final = frozenset({409, 412})


def refusal(needs: str) -> Callable[[Answer], WatcherError]:
    """Judge refusals; `needs` are the rights that the token has to have."""

    def judge(answer: Answer) -> WatcherError:
        words = said(answer)
        told = f"{answer.asked}: {answer.status}{f' ({words})' if words else ''}"
        match answer.status:
            case HTTPStatus.UNAUTHORIZED:
                return UnauthorizedError(f"{told}; the token is not valid, or not any more")
            case HTTPStatus.FORBIDDEN:
                return UnauthorizedError(f"{told}; the token needs {needs}")
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                return NotFoundError(f"{told}; there is no such thing, or it is hidden from us")
            case _:
                return _other(answer, told)

    return judge


def _other(answer: Answer, told: str) -> WatcherError:
    asked = pause(answer)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return limited(told, asked)
    if answer.status in _CHANGED:
        return TransientError(f"{told}; it was changed just now: the next pass reads it anew")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _LATER:
        return TransientError(f"{told}; the tracker is in trouble{waiting(asked)}", asked)
    return PermanentError(f"{told}; correct what it names, or the tracker's settings")


def limited(told: str, seconds: float | None) -> RateLimitedError:
    """A limit that was reached; nothing was done."""
    return RateLimitedError(f"{told}; the limit of requests is reached{waiting(seconds)}", seconds)
