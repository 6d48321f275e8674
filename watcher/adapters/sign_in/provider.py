"""What a provider publishes of itself: where it is asked, and the keys that it signs with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from threading import Lock
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from watcher.adapters.http import Http
from watcher.domain.errors import AttemptError, PermanentError, TransientError

LARGEST: Final = 256 * 1024  # bytes of any document of a provider
_KEPT: Final = 3600.0  # seconds that what is published is kept
_PAUSE: Final = 30.0  # seconds before keys are fetched again for one that is not among them
_FAILED: Final = 5.0  # seconds before the provider is asked again after that failed


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a provider is asked; `posts_secret` where it takes the secret in the body alone."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    posts_secret: bool


def parse_metadata(body: bytes, issuer: str) -> Metadata:
    """Read the discovery document of an issuer; raises PermanentError for another one's, or none.

    A last slash of the issuer's name does not count, as people leave it out.
    """
    told = parse_object(body)
    if told is None:
        raise PermanentError(f"{issuer}: its discovery document is no JSON; see web.auth.oidc")
    named = told.get("issuer")
    if not isinstance(named, str) or named.rstrip("/") != issuer.rstrip("/"):
        raise PermanentError(
            f"{issuer}: its discovery document is of another issuer: correct web.auth.oidc.issuer"
        )
    methods = told.get("token_endpoint_auth_methods_supported")
    return Metadata(
        issuer=named,
        authorization=_endpoint(told, "authorization_endpoint", issuer),
        token=_endpoint(told, "token_endpoint", issuer),
        keys=_endpoint(told, "jwks_uri", issuer),
        userinfo=_endpoint(told, "userinfo_endpoint", issuer)
        if told.get("userinfo_endpoint")
        else None,
        posts_secret=isinstance(methods, list) and "client_secret_basic" not in methods,
    )


def parse_object(body: bytes) -> dict[str, Any] | None:
    """A JSON object; None where it is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _endpoint(told: Mapping[str, object], name: str, issuer: str) -> str:
    """An address; never a plain one but where the issuer's is plain too, or on this machine."""
    address = told.get(name)
    if isinstance(address, str) and address.isascii() and address.isprintable():
        parts = urlsplit(address)
        plain = issuer.startswith("http://") or _is_here(parts.hostname or "")
        if parts.hostname and parts.scheme in ({"https", "http"} if plain else {"https"}):
            return address
    raise PermanentError(f"{issuer}: its discovery document names no usable {name}")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(slots=True)
class Provider:
    """A provider, with what it published last; used from several threads at once."""

    issuer: str
    http: Http
    felt: Callable[[], float] = monotonic
    _metadata: tuple[float, Metadata] | None = None
    _keys: tuple[float, KeySet] | None = None
    _failed: tuple[float, AttemptError] | None = None
    _lock: Lock = field(default_factory=Lock)

    def metadata(self) -> Metadata:
        """Where it is asked."""
        with self._lock:
            return self._known()

    def keys(self, named: str | None) -> KeySet:
        """The keys that it signs with, fetched again where none is called so."""
        with self._lock:
            metadata, held = self._known(), self._keys
            age = self.felt() - held[0] if held else _KEPT
            lacking = held is not None and named not in {key.kid for key in held[1].keys}
            if held is None or age >= _KEPT or (lacking and age >= _PAUSE):
                held = self._keys = (self.felt(), parse_keys(self._got(metadata.keys), self.issuer))
            return held[1]

    def _known(self) -> Metadata:
        if self._metadata is None or self.felt() - self._metadata[0] >= _KEPT:
            body = self._got(get_well_known_url(self.issuer, external=True))
            self._metadata = self.felt(), parse_metadata(body, self.issuer)
        return self._metadata[1]

    def _got(self, address: str) -> bytes:
        """A document; where the last one could not be had, which is slow, nobody waits at once."""
        if self._failed and self.felt() - self._failed[0] < _FAILED:
            raise self._failed[1]
        try:
            return self.http.request("GET", address, limit=LARGEST).body
        except AttemptError as error:
            self._failed = self.felt(), error
            raise


def parse_keys(body: bytes, issuer: str) -> KeySet:
    """Read the document of keys; those of kinds that nobody here knows are left out.

    Raises TransientError where it holds none.
    """
    listed = (parse_object(body) or {}).get("keys")
    found: list[Key] = []
    for one in listed if isinstance(listed, list) else ():
        with suppress(JoseError, ValueError, KeyError, TypeError, AttributeError):
            found.append(import_key(one))
    if not found:
        raise TransientError(f"{issuer}: its keys cannot be read: is a proxy in between?")
    return KeySet(found)
