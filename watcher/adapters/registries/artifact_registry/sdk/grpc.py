"""Google's gRPC transport with our bounds, and each call as the HTTP client would make it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import grpc
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.artifactregistry_v1.services.artifact_registry.transports.grpc import (
    ArtifactRegistryGrpcTransport,
)
from google.rpc.error_details_pb2 import RetryInfo

from watcher.adapters.distribution import Login, Meter
from watcher.adapters.http import Connecting, Http
from watcher.adapters.http.address import is_loopback
from watcher.adapters.registries.artifact_registry.refusal import Refusal, needed_for
from watcher.adapters.registries.artifact_registry.sdk.identity import RefusedError, identified
from watcher.adapters.registries.artifact_registry.sdk.trouble import trouble
from watcher.domain.errors import PermanentError, WatcherError

_LIMIT = 32 * 1024 * 1024


def grpc_transport(address: str, connecting: Connecting) -> ArtifactRegistryGrpcTransport:
    """Give the transport for an address of the API; it connects with the first call."""
    return ArtifactRegistryGrpcTransport(channel=_channel(address, connecting))


def _channel(address: str, connecting: Connecting) -> grpc.Channel:
    parts = urlsplit(address)
    options: list[tuple[str, object]] = [
        ("grpc.max_receive_message_length", _LIMIT),
        ("grpc.enable_retries", 0),
    ]
    if connecting.proxy:
        options.append(("grpc.http_proxy", connecting.proxy))
    elif is_loopback(address):
        options.append(("grpc.enable_http_proxy", 0))
    if parts.scheme == "http":
        return grpc.insecure_channel(parts.netloc, options)
    roots = connecting.tls_ca.read_bytes() if connecting.tls_ca else None
    place = parts.netloc if parts.port else f"{parts.netloc}:443"
    return grpc.secure_channel(place, grpc.ssl_channel_credentials(roots), options)


class GrpcCalls:
    """Makes calls in turn with the HTTP client's requests, counts them, and repeats them."""

    def __init__(
        self, address: str, http: Http, login: Login | None, meter: Meter, connecting: Connecting
    ) -> None:
        self._address = address
        self._http = http
        self._login = login
        self._meter = meter
        self._connecting = connecting

    def __call__(self, what: str, call: Callable[..., Any]) -> Any:  # noqa: ANN401 - Google's pages
        """Make a call until it succeeds or is not worth repeating."""
        asked = f"{self._address} {what}"
        return self._http.patiently(
            lambda: identified(asked, self._login, lambda token: self._once(asked, call, token))
        )

    def _once(self, asked: str, call: Callable[..., Any], token: str | None) -> Any:  # noqa: ANN401
        identity = (("authorization", f"Bearer {token}"),) if token else ()
        try:
            with self._http.turn():
                self._meter.sent("POST", self._address)
                return call(timeout=self._connecting.timeouts.total, metadata=identity)
        except GoogleAPICallError as error:
            if error.grpc_status_code is grpc.StatusCode.UNAUTHENTICATED:
                failed: Exception = RefusedError()
            else:
                failed = _error(error, asked, self._connecting)
        # Raised out here, so that what Google's code said is not chained to it.
        raise failed


def _error(error: GoogleAPICallError, asked: str, connecting: Connecting) -> WatcherError:
    message = str(error.message or "")
    code = error.grpc_status_code
    if code is grpc.StatusCode.UNAVAILABLE and (found := trouble(message, asked, connecting)):
        return found
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in message:
        # By the client itself, of an answer that is too long.
        return PermanentError(f"{asked}: the answer is longer than the {_LIMIT} bytes allowed")
    refusal = Refusal(
        code.name if code else "UNKNOWN",
        message,
        error.reason or "",
        error.metadata or {},
        next((_seconds(one) for one in error.details if isinstance(one, RetryInfo)), None),
    )
    return refusal.error(asked, needed_for(asked))


def _seconds(retry: RetryInfo) -> float:
    return float(retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9)
