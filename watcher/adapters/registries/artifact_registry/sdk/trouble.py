"""Why gRPC has no connection, in the words that the HTTP client has for it."""

from __future__ import annotations

from typing import Final

from watcher.adapters.http import Connecting, shown_address
from watcher.domain.errors import PermanentError, TransientError, WatcherError

_UNTRUSTED: Final = ("CERTIFICATE_VERIFY_FAILED", "certificate verify failed")
_ANOTHER_NAME: Final = ("Hostname Verification",)
_UNKNOWN: Final = ("errors resolving", "DNS resolution failed", "Domain name not found")
_REFUSED: Final = ("Connection refused",)
# What passes, the first that fits; `{proxy}` is the registry's own.
_THROUGH_A_PROXY: Final = (
    (("HTTP proxy returned",), "the proxy {proxy} does not let us through"),
    ((*_REFUSED, *_UNKNOWN), "the proxy {proxy} does not answer"),
)
_OVER_HTTP: Final = (
    (
        ("Connection reset", "Socket closed", "Broken pipe"),
        "the connection broke; where TLS is spoken, write https://",
    ),
)
_ANYWHERE: Final = (
    (
        ("Failed parsing HTTP/2", "ALPN", "http1.x server"),
        "this is no Artifact Registry over gRPC: correct the endpoint, or transport",
    ),
    (
        ("WRONG_VERSION_NUMBER", "TSI_PROTOCOL_FAILURE"),
        "no TLS is spoken there (TLS failed); where plain HTTP is meant, write http://",
    ),
    (_UNKNOWN, "its name is not known"),
    (_REFUSED, "nobody answers there (connection refused)"),
    (("Connection reset", "Socket closed", "Broken pipe"), "the connection broke"),
)


def trouble(message: str, asked: str, connecting: Connecting) -> WatcherError | None:
    """Read what gRPC says of a connection that failed; None where it says something else."""
    if _says(message, _UNTRUSTED):
        advice = "by what tls_ca holds; correct tls_ca" if connecting.tls_ca else "set tls_ca"
        sep = " " if connecting.tls_ca else "; "
        return PermanentError(f"{asked}: its certificate is not trusted{sep}{advice}")
    if _says(message, _ANOTHER_NAME):
        return PermanentError(
            f"{asked}: its certificate is for another name; correct the address, or the certificate"
        )
    reason = _passing(message, asked, connecting)
    return TransientError(f"{asked}: {reason}") if reason else None


def _passing(message: str, asked: str, connecting: Connecting) -> str | None:
    proxy = shown_address(connecting.proxy) if connecting.proxy else ""
    table = (
        *(_THROUGH_A_PROXY if proxy else ()),
        *(_OVER_HTTP if asked.startswith("http://") else ()),
        *_ANYWHERE,
    )
    found = next((text for signs, text in table if _says(message, signs)), None)
    return found.format(proxy=proxy) if found else None


def _says(message: str, signs: tuple[str, ...]) -> bool:
    return any(sign in message for sign in signs)
