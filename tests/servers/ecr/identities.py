"""Who may ask: keys of an account, sessions of assumed roles, and signatures of version 4.

After https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
from dataclasses import dataclass
from urllib.parse import quote

from tests.servers.hostile import Seen

HOME = "111111111111"
PARTNER = "222222222222"
PARTNER_ROLE = f"arn:aws:iam::{PARTNER}:role/watcher"
REGION = "eu-west-1"
ACCESS_KEY = "AKIAHOMEHOMEHOMEHOME"
SECRET_KEY = "s3cret/of+home"  # noqa: S105 - of nobody

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)/(\d{8})/([a-z0-9-]+)/(ecr|sts)/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """An answer of the service: its code and what it says."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Key:
    """An access key: whose it is, and the session that belongs to it."""

    account: str
    arn: str
    secret: str
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and in which region."""

    account: str
    arn: str
    region: str


class Identities:
    """The keys that are good; `ended` are those of sessions that are over."""

    def __init__(self) -> None:
        self.keys = {ACCESS_KEY: Key(HOME, f"arn:aws:iam::{HOME}:user/watcher", SECRET_KEY)}
        self.ended: set[str] = set()
        self._count = itertools.count()

    def assume(self, role: str, session: str) -> tuple[str, Key]:
        """Give a new session of a role."""
        number = next(self._count)
        account, _, name = role.removeprefix("arn:aws:iam::").partition(":role/")
        arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
        key = Key(account, arn, f"s3cret-of-session-{number}", f"session-t0ken-{number}")
        access = f"ASIASESSION{number:09}"
        self.keys[access] = key
        return access, key

    def end_sessions(self) -> None:
        """Let every session be over that was given so far."""
        self.ended |= {access for access, key in self.keys.items() if key.session}

    def caller(self, seen: Seen) -> Caller:
        """Check the signature; raises Refusal as the service would."""
        found = _AUTHORIZATION.fullmatch(seen.headers.get("authorization", ""))
        if found is None:
            raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
        access, date, region, service, names, signature = found.groups()
        key = self.keys.get(access)
        if key is None or key.session != seen.headers.get("x-amz-security-token"):
            raise Refusal(
                "UnrecognizedClientException" if service == "ecr" else "InvalidClientTokenId",
                "The security token included in the request is invalid.",
            )
        if access in self.ended:
            raise Refusal(
                "ExpiredTokenException" if service == "ecr" else "ExpiredToken",
                "The security token included in the request is expired",
            )
        canonical = _canonical(seen, names.split(";"))
        scope = f"{date}/{region}/{service}/aws4_request"
        if not hmac.compare_digest(_signature(seen, canonical, scope, key.secret), signature):
            raise Refusal(
                "InvalidSignatureException" if service == "ecr" else "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided."
                f"\n\nThe Canonical String for this request should have been\n'{canonical}'",
            )
        return Caller(key.account, key.arn, region)


def _canonical(seen: Seen, names: list[str]) -> str:
    path, _, query = seen.path.partition("?")
    headers = "".join(f"{name}:{seen.headers.get(name, '').strip()}\n" for name in names)
    body = hashlib.sha256(seen.body).hexdigest()
    return "\n".join((seen.method, quote(path), query, headers, ";".join(names), body))


def _signature(seen: Seen, canonical: str, scope: str, secret: str) -> str:
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(("AWS4-HMAC-SHA256", seen.headers.get("x-amz-date", ""), scope, hashed))
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
