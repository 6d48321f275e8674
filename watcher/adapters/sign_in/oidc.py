"""The code flow: a person is sent to the provider, and comes back with a code worth a token."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet

from watcher.adapters.http import Answer, Connecting, Http, Retrying, Timeouts
from watcher.adapters.sign_in.provider import LARGEST, Metadata, Provider, parse_object
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError, WatcherError
from watcher.ports.sign_in import Sent

# Signed with a key that the provider alone has: never with the secret, never not at all.
_ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
_SKEW: Final = 60  # seconds that two clocks may differ
_CONNECTING: Final = Connecting(
    timeouts=Timeouts(connect=3, read=5, total=8), retrying=Retrying(attempts=2, within=8)
)
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Client:
    """What watcher is called at the provider, how it proves that, and what it asks to be told.

    `wanted` are the claims that the provider is asked for at its userinfo where its token has not
    got them.
    """

    name: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OidcSignIn:
    """Signs the port `SignIn`."""

    provider: Provider
    client: Client
    http: Http
    now: Callable[[], datetime]

    def address(self, sent: Sent, back: str) -> str:
        """Where a person has to go who wants to sign in."""
        address: str = prepare_grant_uri(
            self.provider.metadata().authorization,
            self.client.name,
            "code",
            redirect_uri=back,
            scope=" ".join(self.client.scopes),
            state=sent.state,
            nonce=sent.nonce,
            code_challenge=create_s256_code_challenge(sent.verifier),
            code_challenge_method="S256",
        )
        return address

    def claims(self, sent: Sent, code: str, back: str) -> Mapping[str, object]:
        """What the provider says of the one who came back with a code, `sub` at least."""
        metadata = self.provider.metadata()
        token = self._token(metadata, sent, code, back)
        claims = self._proven(metadata, token, sent)
        bearer = token.get("access_token")
        lacking = any(_named(claims, name) is None for name in self.client.wanted)
        if lacking and metadata.userinfo and isinstance(bearer, str):
            claims = {**self._userinfo(metadata.userinfo, bearer, claims["sub"]), **claims}
        return claims

    def _token(self, metadata: Metadata, sent: Sent, code: str, back: str) -> dict[str, Any]:
        """Exchange the code; whatever is answered but a token is a refusal."""
        body = prepare_token_request(
            "authorization_code", redirect_uri=back, code=code, code_verifier=sent.verifier
        )
        headers = {"Content-Type": _FORM, "Accept": "application/json"}
        if metadata.posts_secret:
            named = [("client_id", self.client.name), ("client_secret", self.client.secret)]
            body = f"{body}&{urlencode(named)}"
        else:
            headers["Authorization"] = f"Basic {_basic(self.client)}"
        answer = self.http.request(
            "POST", metadata.token, headers=headers, limit=LARGEST, content=body.encode()
        )
        return _object(answer, self.provider.issuer)

    def _proven(
        self, metadata: Metadata, token: Mapping[str, object], sent: Sent
    ) -> dict[str, object]:
        """The claims of the token, once its signature and what it is made out to are checked."""
        signed = token.get("id_token")
        if not isinstance(signed, str):
            raise PermanentError(f"{metadata.issuer} gave no ID token: is `openid` among scopes?")
        try:
            read = jwt.decode(signed, self._key, algorithms=_ALGORITHMS)
            claims = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": metadata.issuer},
                    "aud": {"essential": True, "value": self.client.name},
                },
                params={
                    "nonce": sent.nonce,
                    "client_id": self.client.name,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self.now().timestamp()), leeway=_SKEW)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            # What the library says may quote the token.
            raise UnauthorizedError(
                f"the token of {metadata.issuer} is forged, expired, or made out to somebody else"
            ) from None
        return dict(claims)

    def _key(self, token: GuestProtocol) -> KeySet:
        named = token.headers().get("kid")
        return self.provider.keys(named if isinstance(named, str) else None)

    def _userinfo(self, address: str, bearer: str, subject: object) -> dict[str, Any]:
        """What the provider says beside the token, as long as it is of the same person."""
        headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
        answer = self.http.request("GET", address, headers=headers, limit=LARGEST)
        told = _object(answer, self.provider.issuer)
        if told.get("sub") != subject:
            raise UnauthorizedError(f"{self.provider.issuer} tells of somebody else: refused")
        return told


def sign_in_with(
    issuer: str, client: Client, tls_ca: Path | None, now: Callable[[], datetime]
) -> OidcSignIn:
    """Sign-in with the provider of this name; it is asked when somebody signs in."""
    http = Http(replace(_CONNECTING, tls_ca=tls_ca), failing=refusal)
    return OidcSignIn(Provider(issuer, http), client, http, now)


def refusal(answer: Answer) -> WatcherError:
    """What a status means that nobody expected of a provider; its words may quote what we sent."""
    code = str((parse_object(answer.body) or {}).get("error", ""))[:40]
    said = f" ({code})" if code.replace("_", "").isalnum() else ""
    if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004 - HTTP's own
        return TransientError(f"{answer.asked}: answered {answer.status}")
    if code == "invalid_client":
        return PermanentError(
            f"{answer.asked}: it does not know watcher: correct web.auth.oidc.client_id and secret"
        )
    return UnauthorizedError(f"{answer.asked}: refused with {answer.status}{said}")


def _object(answer: Answer, issuer: str) -> dict[str, Any]:
    told = parse_object(answer.body)
    if told is None:
        raise TransientError(f"{issuer}: {answer.asked} answered no JSON: is a proxy in between?")
    return told


def _named(claims: Mapping[str, object], name: str) -> object:
    return claims.get(name, claims.get(name.partition(".")[0]))


def _basic(client: Client) -> str:
    """Name and secret as RFC 6749, 2.3.1 has them: encoded as in a form, before Base64."""
    pair = f"{quote(client.name, safe='')}:{quote(client.secret, safe='')}"
    return b64encode(pair.encode()).decode()
