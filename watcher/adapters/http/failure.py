"""Failures in the words of watcher: what was asked, what came back, what to do."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import requests
import urllib3

from watcher.adapters.http.address import redacted
from watcher.adapters.http.answer import Answer
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    WatcherError,
)

_NOT_FOUND = {404, 410}
_REFUSED = {401, 403, 407}
_LATER = {408, 421, 423, 425}
_SERVER_ERRORS = 500
_LONGEST_PAUSE = 24 * 3600.0
_EPOCH_BEGINS = 1e9  # a number of seconds as large as this is a date
FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


def of_status(answer: Answer) -> WatcherError:
    """Translate a status nobody expected."""
    what = f"{answer.asked}: {answer.status} {http.client.responses.get(answer.status, '')}".strip()
    asked = pause(answer)
    if answer.status in _NOT_FOUND:
        return NotFoundError(f"{what}; there is no such thing")
    if answer.status in _REFUSED:
        return UnauthorizedError(f"{what}; check the user name, the password and their rights")
    if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimitedError(f"{what}; a lower rate helps{waiting(asked)}", asked)
    if answer.status >= _SERVER_ERRORS or answer.status in _LATER:
        return TransientError(f"{what}; the remote is in trouble{waiting(asked)}", asked)
    if answer.url.startswith("http://") and b"https" in answer.body.lower():
        # Servers that speak TLS there say so in plain words.
        return PermanentError(f"{what}; TLS is spoken there: write https:// in its address")
    return PermanentError(f"{what}; the remote does not understand us: check the url")


def waiting(pause: float | None) -> str:
    """Say what pause a remote asked for, in seconds, behind another sentence; nothing for None."""
    return "" if pause is None else f"; it wants us to wait {pause:.0f} s"


def pause(answer: Answer) -> float | None:
    """Read Retry-After, as `lasting` does; Docker Hub says X-Retry-After too."""
    asked = answer.headers.get("Retry-After") or answer.headers.get("X-Retry-After", "")
    return lasting(answer, asked)


def lasting(answer: Answer, text: str) -> float | None:
    """Read for how long a header asks, in seconds, at most a day; None where it does not say.

    It may name seconds, a date (RFC 9110, 10.2.3), or the second since 1970 when it ends. Dates are
    compared with the remote's own, so that its clock need not agree with ours.
    """
    now = _moment(answer.headers.get("Date", ""))
    number = float(text.strip()[:12]) if text.strip().isdecimal() else None
    if number is not None and (now is None or number < _EPOCH_BEGINS):
        return min(number, _LONGEST_PAUSE)
    until = _moment(text) if number is None else number
    if until is None or now is None:
        return None
    return min(max(until - now, 0.0), _LONGEST_PAUSE)


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


class ElsewhereError(OSError):
    """What the transport raised at the place that a redirect led to; its cause says what."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


def of_exception(error: Exception, question: str, url: str, *, own_ca: bool) -> WatcherError:
    """Translate what the transport raised; nothing of its text is kept, it may hold secrets.

    `question` is what was asked, at `url`; `own_ca` says whether tls_ca is set.
    """
    causes = list(_causes(error))
    led = next((cause.url for cause in causes if isinstance(cause, ElsewhereError)), None)
    asked = question if led is None else f"{question}, which sends us on to {redacted(led)}"
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return PermanentError(f"{asked}: {_untrusted(cause, own_ca=own_ca)}")
    if isinstance(error, requests.exceptions.InvalidProxyURL):
        return PermanentError(f"{asked}: the proxy's address cannot be read; correct it")
    if isinstance(error, requests.RequestException) and isinstance(error, ValueError):
        return PermanentError(f"{asked}: the address or a header is not valid; correct it")
    return TransientError(f"{asked}: {_reason(causes, led or url)}")


# By X.509's verification results as OpenSSL numbers them (openssl-verification-options).
_OUT_OF_DATE = {9: "is not valid yet", 10: "has expired"}
_ANOTHER_NAME = {62, 64}


def _untrusted(error: ssl.SSLCertVerificationError, *, own_ca: bool) -> str:
    code = getattr(error, "verify_code", 0)
    if code in _ANOTHER_NAME:
        return "its certificate is for another name; correct the address, or the certificate"
    if code in _OUT_OF_DATE:
        return f"its certificate {_OUT_OF_DATE[code]}; renew it, or set this machine's clock"
    if own_ca:
        return "its certificate is not trusted by what tls_ca holds; correct tls_ca"
    return "its certificate is not trusted; set tls_ca"


_BROKE = "the connection broke"
_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    ((requests.exceptions.ProxyError, urllib3.exceptions.ProxyError), "the proxy does not answer"),
    (urllib3.exceptions.NameResolutionError, "its name is not known"),
    (ConnectionRefusedError, "nobody answers there (connection refused)"),
    (urllib3.exceptions.ConnectTimeoutError, "no connection in time"),
    ((TimeoutError, urllib3.exceptions.TimeoutError), "no answer in time"),
    ((requests.Timeout,), "no answer in time"),
    (urllib3.exceptions.IncompleteRead, "the answer was cut short"),
    ((ssl.SSLError, urllib3.exceptions.SSLError), "no secure connection (TLS failed)"),
    ((ConnectionError, urllib3.exceptions.ProtocolError), _BROKE),
)
# What OpenSSL says of bytes that are no TLS, by its versions.
_NO_TLS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"}


def _reason(causes: list[BaseException], url: str) -> str:
    if any(isinstance(one, ssl.SSLError) and one.reason in _NO_TLS for one in causes):
        return "no TLS is spoken there (TLS failed); where plain HTTP is meant, write http://"
    for kind, text in _REASONS:
        if text is _BROKE and url.startswith("http://") and _met(kind, causes):
            return f"{_BROKE}; where TLS is spoken, write https://"
        if _met(kind, causes):
            return text
    return "no connection"


def _met(
    kind: type[BaseException] | tuple[type[BaseException], ...], causes: list[BaseException]
) -> bool:
    return any(isinstance(cause, kind) for cause in causes)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk down what led to the error, through chains, arguments and urllib3's `reason`."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        below = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting += [item for item in below if isinstance(item, BaseException)]
