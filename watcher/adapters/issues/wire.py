"""Requests to a tracker's API: JSON both ways, a write sent once, and every answer judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import Any, Final, NoReturn

from watcher.adapters.http import Answer, Http
from watcher.adapters.http.address import origin, redacted
from watcher.adapters.http.breaker import LeftAloneError
from watcher.domain.errors import (
    PermanentError,
    RateLimitedError,
    TransientError,
    WatcherError,
)
from watcher.ports.tracker import UncertainError

_LIMIT: Final = 32 * 1024 * 1024  # bytes: a page of a hundred tickets of the longest kind
_ANY: Final = range(100, 600)
_WELL: Final = range(200, 300)
_GONE: Final = (404, 410)
_WELL_OR_GONE: Final = (*_WELL, *_GONE)

Refusal = Callable[[Answer], WatcherError]


class LedAwayError(PermanentError):
    """Something was moved to where we see nothing: neither there nor gone."""


class Wire:
    """One project of a tracker over HTTP. `root` is its address in the API, and may move.

    `refusal` says what the vendor means by a status that is no success.
    """

    def __init__(
        self,
        http: Http,
        api: str,
        root: str,
        headers: Mapping[str, str],
        refusal: Refusal,
    ) -> None:
        self.api = api
        self.root = f"{api}{root}"
        self._http = http
        self._headers = {"Accept": "application/json", **headers}
        self._refusal = refusal

    def inside(self, path: str) -> Answer:
        """GET what the project has but one of, its issues or itself.

        Where it was renamed, it is asked and told by its new name from then on.
        """
        answer = self.outside(f"{self.root}{path}")
        tail = path.partition("?")[0]
        led = answer.url.partition("?")[0]
        if led != f"{self.root}{tail}" and led.endswith(tail):
            self.root = led.removesuffix(tail)
        return answer

    def below(self, path: str) -> Answer:
        """GET one thing of the project; where it is led elsewhere, by the project's newest name.

        Raises NotFoundError where it is gone, LedAwayError where it went out of sight.
        """
        answer = self.outside(f"{self.root}{path}", _WELL_OR_GONE)
        if answer.url != f"{self.root}{path}":
            self.inside("")
            answer = self.outside(f"{self.root}{path}", _WELL_OR_GONE)
        if answer.status in _GONE:
            if answer.url != f"{self.root}{path}":
                raise LedAwayError(f"{answer.asked}: {answer.status}; it is out of our sight")
            raise self._refusal(answer)
        return answer

    def outside(self, url: str, expect: Collection[int] = range(200, 300)) -> Answer:
        """GET an address of the API; repeated while it fails for a while."""
        answer = self._http.request("GET", url, headers=self._headers, expect=expect, limit=_LIMIT)
        if origin(answer.url) != origin(url):
            # Whoever is asked there does not know us, and would show what anybody may see.
            raise PermanentError(
                f"{answer.asked}: {redacted(url)} leads to another host; correct its url"
            )
        return answer

    def send(self, method: str, url: str, told: object = None) -> Answer:
        """Write, once; raises UncertainError where it may have been done in spite of all."""
        content = None if told is None else json.dumps(told).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        try:
            answer = self._http.request(
                method, url, headers=headers, expect=_ANY, limit=_LIMIT, content=content
            )
        except (RateLimitedError, LeftAloneError):
            raise  # it was not sent
        except TransientError as error:
            raise UncertainError(f"{error}; it may have been done") from None
        if answer.status in _WELL:
            return answer
        failed = self._refusal(answer)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UncertainError(f"{failed}; it may have been done")
        raise failed


def document(answer: Answer) -> Any:  # noqa: ANN401 - JSON, judged by whoever reads it
    """An answer's JSON; raises UncertainError, since what was asked for may have been done."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise UncertainError(f"{answer.asked}: the answer is no JSON; is its url right?") from None


def unexpected(answer: Answer, what: str) -> NoReturn:
    """Raise for an answer that is not of the form that the vendor describes."""
    raise UncertainError(f"{answer.asked}: {what} is not as its API describes; is its url right?")


def said(answer: Answer) -> str:
    """What a refusal says in its own words, on one line; empty where it says nothing."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    return " ".join(" ".join(_words(told)).split())[:300]


def _words(told: object, depth: int = 0) -> list[str]:
    if isinstance(told, str):
        line = " ".join(told.split())
        return [line] if line.isprintable() else []
    if depth > 4:  # noqa: PLR2004 - deeper than any vendor nests its complaints
        return []
    if isinstance(told, Mapping):
        inner = (
            told[name]
            for name in ("message", "error", "errors", "errorMessages", "code", "field", *told)
            if name in told
        )
        found = [word for one in inner for word in _words(one, depth + 1)]
        return list(dict.fromkeys(found))
    if isinstance(told, list):
        return [word for one in told[:10] for word in _words(one, depth + 1)]
    return []
