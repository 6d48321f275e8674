"""A client of one remote, used from several threads at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TypeVar

import requests
import stamina

from watcher.adapters.http import failure
from watcher.adapters.http.address import split
from watcher.adapters.http.answer import Answer, chunks, drain
from watcher.adapters.http.breaker import Breaker, LeftAloneError, Outcome, Visit
from watcher.adapters.http.deadline import within
from watcher.adapters.http.gate import Gate, Quiet
from watcher.adapters.http.pace import Pace
from watcher.adapters.http.settings import Connecting, Observer
from watcher.adapters.http.transport import SAFE, Question, Transport
from watcher.domain.errors import TransientError, WatcherError
from watcher.ports.trace import piece

_LIMIT = 4 * 1024 * 1024

Got = TypeVar("Got")
Failing = Callable[[Answer], WatcherError]


class Http:
    """Requests to one remote: pooled, paced, bounded, and retried where that is safe.

    A remote that keeps failing, or that asked for a long pause, is left alone. No cookies are kept,
    no netrc is read; an Authorization header stays at the origin it was given for. Methods raise
    TransientError, PermanentError and their kinds only. `failing` translates a status that nobody
    expected; its answer holds the beginning of the body.
    """

    def __init__(
        self,
        connecting: Connecting,
        observer: Observer | None = None,
        failing: Failing = failure.of_status,
        gate: Gate | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeouts = connecting.timeouts
        self._own_ca = connecting.tls_ca is not None
        self._retrying = connecting.retrying
        self._pace = Pace(connecting.rate)
        self._turns = threading.BoundedSemaphore(connecting.concurrency)
        self._breaker = Breaker(connecting.breaking, connecting.concurrency, clock)
        self._gates = [Quiet(self._retrying.longest, clock), *([gate] if gate else [])]
        self._transport = Transport(connecting, observer)
        self._failing = failing
        self._retry = stamina.RetryingCaller(
            attempts=self._retrying.attempts,
            timeout=self._retrying.within,
            wait_initial=self._retrying.first,
            wait_max=self._retrying.longest,
            wait_jitter=self._retrying.jitter,
        )

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        limit: int = _LIMIT,
        content: bytes | None = None,
    ) -> Answer:
        """Ask, and read the whole answer of at most `limit` bytes; GET and HEAD are retried.

        Statuses outside `expect` are raised: NotFoundError, UnauthorizedError, RateLimitedError,
        TransientError for 5xx, PermanentError for the rest.
        """
        total = self._timeouts.total
        question = Question(method, url, headers or {}, expect, limit, total, content)
        with self._breaker.visit(method, url) as visit:
            if visit.probe or method not in SAFE:
                return self._ask(question, visit)
            return self.patiently(partial(self._ask, question, visit))

    def download(
        self,
        url: str,
        write: Callable[[bytes], object],
        *,
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        limit: int,
        total: float,
    ) -> Answer:
        """GET a body of at most `limit` bytes within `total` seconds, piece by piece, once.

        Only the body of a 200 is written; `write` raises only errors of watcher.
        """
        question = Question("GET", url, headers or {}, expect, limit, total)
        with self._breaker.visit("GET", url) as visit:
            return self._ask(question, visit, write)

    def patiently(self, attempt: Callable[[], Got]) -> Got:
        """Make an attempt again while it fails for a while, as GET and HEAD are."""
        return self._retry(self._worth_retrying, attempt)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Take a turn among the requests to this remote: its pace, and its concurrency."""
        with self._turns:
            # Inside: whoever waits for a place has not set off yet.
            self._pace.wait()
            yield

    def _worth_retrying(self, error: Exception) -> bool | float:
        if not isinstance(error, TransientError) or isinstance(error, LeftAloneError):
            return False
        if error.retry_after is None:
            return True
        # Asked for a longer pause than we sit out here, we leave the remote alone.
        return error.retry_after <= self._retrying.longest and error.retry_after

    def _ask(
        self,
        question: Question,
        visit: Visit,
        write: Callable[[bytes], object] | None = None,
    ) -> Answer:
        try:
            with self.turn(), piece(question.method, host=split(question.url).hostname or ""):
                self._admit(question, visit)
                return self._converse(question, visit, write)
        except failure.FAILURES as error:
            failed = failure.of_exception(error, question.shown, question.url, own_ca=self._own_ca)
            silent = isinstance(failed, TransientError)
            visit.outcome = Outcome.SILENT if silent else Outcome.UNKNOWN
        # Raised out here, so that what the transport said, secrets and all, is not chained to it.
        raise failed

    def _admit(self, question: Question, visit: Visit) -> None:
        self._breaker.check(visit, question.method, question.url)
        for gate in self._gates:
            gate.enter(question.method, question.url)

    def _converse(
        self, question: Question, visit: Visit, write: Callable[[bytes], object] | None
    ) -> Answer:
        with within(question.total):
            response = self._transport.begin(question)
            try:
                failing = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
                visit.outcome = Outcome.FAILED if failing else Outcome.ANSWERED
                return self._finish(question, response, write)
            finally:
                response.close()

    def _finish(
        self,
        question: Question,
        response: requests.Response,
        write: Callable[[bytes], object] | None,
    ) -> Answer:
        url, status = response.url or question.url, response.status_code
        answer = Answer(question.method, url, status, response.headers, b"")
        for gate in self._gates:
            gate.answered(answer)
        if status not in question.expect:
            beginning = b""
            with suppress(*failure.FAILURES):
                beginning = drain(response)
            raise self._failing(replace(answer, body=beginning))
        pieces = chunks(
            response, question.limit, question.shown, partial(self._transport.received, question)
        )
        if write is None or status != HTTPStatus.OK:
            return replace(answer, body=b"".join(pieces))
        for one in pieces:
            write(one)
        return answer
