"""What a request has to show before its body is read, by the kind of registry."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from watcher.config.registries import ArtifactRegistrySettings, DockerHubSettings, EveryKind
from watcher.domain.errors import UnauthorizedError
from watcher.ports.identity import Identity


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows: its Authorization header, and what follows the name in its address."""

    authorization: bytes = field(default=b"", repr=False)
    address: bytes = field(default=b"", repr=False)


class Proof(Protocol):
    """Decides whether a request is the registry's; one that `waits` asks somebody else."""

    waits: ClassVar[bool]

    def is_given(self, shown: Shown) -> bool:
        """Whether it is; raises TransientError where that cannot be told now."""


@dataclass(frozen=True, slots=True)
class HeaderSecret:
    """A secret in the Authorization header: as it is, as a bearer's token, or as a password."""

    waits: ClassVar[bool] = False
    secret: bytes = field(repr=False)

    def is_given(self, shown: Shown) -> bool:
        """Whether the header holds the secret, and nothing is in the address."""
        same = [hmac.compare_digest(one, self.secret) for one in _held(shown.authorization)]
        return any(same) and not shown.address


@dataclass(frozen=True, slots=True)
class AddressSecret:
    """A secret at the end of the address, from those who can send no header."""

    waits: ClassVar[bool] = False
    secret: bytes = field(repr=False)

    def is_given(self, shown: Shown) -> bool:
        """Whether the address ends with the secret."""
        return hmac.compare_digest(shown.address, self.secret)


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token in the Authorization header that proves an account."""

    waits: ClassVar[bool] = True
    identity: Identity
    audience: str
    account: str

    def is_given(self, shown: Shown) -> bool:
        """Whether the token is made out to us and proves the account."""
        scheme, _, token = shown.authorization.partition(b" ")
        if scheme.lower() != b"bearer" or shown.address:
            return False
        try:
            account = self.identity.account(token.strip().decode("ascii"), self.audience)
        except (UnauthorizedError, UnicodeDecodeError):
            return False
        return hmac.compare_digest(account.encode(), self.account.encode())


# Asked for a name that nobody has: as much work as for one that somebody has.
NOBODY: Final = HeaderSecret(secrets.token_hex(32).encode())


def proof_of(one: EveryKind, identity: Identity) -> Proof | None:
    """What a registry's requests have to show; None where nothing is configured: it is closed."""
    if isinstance(one, ArtifactRegistrySettings):
        if one.webhook_audience is None or one.webhook_account is None:
            return None
        return SignedToken(identity, one.webhook_audience, one.webhook_account)
    if one.webhook_secret is None:
        return None
    secret = one.webhook_secret.reveal().encode()
    return AddressSecret(secret) if isinstance(one, DockerHubSettings) else HeaderSecret(secret)


def opened_by(one: EveryKind) -> str:
    """The keys that would open a registry's hooks."""
    if isinstance(one, ArtifactRegistrySettings):
        return "webhook_audience and webhook_account"
    return "webhook_secret"


def _held(authorization: bytes) -> Iterator[bytes]:
    """Everything in a header that may be the secret."""
    yield authorization
    scheme, _, rest = authorization.partition(b" ")
    if scheme.lower() == b"bearer":
        yield rest
    if scheme.lower() == b"basic":
        try:
            yield b64decode(rest, validate=True).partition(b":")[2]
        except ValueError:
            return
