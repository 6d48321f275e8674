"""The stub's registry and its token server."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.docker_hub.content import Hub
from tests.servers.docker_hub.tokens import Account, Tokens
from tests.servers.hostile import Reply, Seen

_SERVICE = "registry.docker.io"


class Realm:
    """Answers as auth.docker.io does: a token for whoever asks, good for what he may pull."""

    def __init__(self, accounts: Mapping[str, Account], tokens: Tokens) -> None:
        self.accounts = accounts
        self.tokens = tokens

    def __call__(self, seen: Seen) -> Reply:
        """Answer one request."""
        if parse_qs(urlsplit(seen.path).query).get("service") != [_SERVICE]:
            return Reply(400)
        login = seen.headers.get("authorization")
        account = self._account(login) if login else None
        if login and account is None:
            return Reply(401, {}, b'{"details":"incorrect username or password"}')
        token = self.tokens.give(account)
        body = {"token": token, "access_token": token, "expires_in": 300}
        return Reply(200, {}, json.dumps(body).encode())

    def _account(self, login: str) -> Account | None:
        try:
            pair = base64.b64decode(login.removeprefix("Basic "), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        name, _, password = pair.partition(":")
        found = self.accounts.get(name)
        return found if found and found.password == password else None


class Pulls:
    """Answers as registry-1.docker.io does; counts pulls, and tells what is left of them."""

    def __init__(self, hub: Hub, tokens: Tokens) -> None:
        self.hub = hub
        self.tokens = tokens
        self.realm = ""
        self.limit: int | None = 100
        self.pulled = 0

    def __call__(self, seen: Seen) -> Reply:
        """Answer one request."""
        header = seen.headers.get("authorization", "")
        path = unquote(urlsplit(seen.path).path)
        if not self.tokens.knows(header):
            return self._challenge(_scope(path))
        if path == "/v2/":
            return Reply(body=b"{}")
        repository, kind, reference = path.removeprefix("/v2/").rsplit("/", 2)
        if not self._may_pull(self.tokens.account(header), repository):
            # Hub does not tell what is not there from what is not for us.
            return self._challenge(_scope(path), error="insufficient_scope")
        if kind == "manifests":
            return self._manifest(seen.method, repository, reference)
        return self._blob(repository, reference) if kind == "blobs" else Reply(404)

    def _may_pull(self, who: Account | None, repository: str) -> bool:
        kept = self.hub.repositories.get(repository)
        if kept is None or (who is not None and not who.may("scope-image-pull")):
            return False
        return not kept.private or (who is not None and repository not in who.hidden)

    def _manifest(self, method: str, repository: str, reference: str) -> Reply:
        kept = self.hub.repositories[repository]
        tag = kept.tags.get(reference)
        digest = tag.digest if tag else reference
        found = kept.blobs.get(digest) or (("", b"") if tag and method == "HEAD" else None)
        if found is None:
            return Reply(404, self._left(), _errors("MANIFEST_UNKNOWN"))
        if method == "GET":
            if self.limit is not None and self.pulled >= self.limit:
                return Reply(429, self._left(), _errors("TOOMANYREQUESTS"))
            self.pulled += 1
        headers = {"Docker-Content-Digest": digest, "Content-Type": found[0], **self._left()}
        return Reply(200, headers, found[1])

    def _blob(self, repository: str, digest: str) -> Reply:
        found = self.hub.repositories[repository].blobs.get(digest)
        return Reply(200, {}, found[1]) if found else Reply(404, {}, _errors("BLOB_UNKNOWN"))

    def _left(self) -> dict[str, str]:
        if self.limit is None:
            return {}
        left = max(self.limit - self.pulled, 0)
        return {
            "ratelimit-limit": f"{self.limit};w=21600",
            "ratelimit-remaining": f"{left};w=21600",
        }

    def _challenge(self, scope: str, error: str = "") -> Reply:
        bearer = f'Bearer realm="{self.realm}",service="{_SERVICE}"'
        if scope:
            bearer += f',scope="{scope}"'
        if error:
            bearer += f',error="{error}"'
        return Reply(401, {"WWW-Authenticate": bearer}, _errors("UNAUTHORIZED"))


def _scope(path: str) -> str:
    parts = path.removeprefix("/v2/").rsplit("/", 2)
    return f"repository:{parts[0]}:pull" if len(parts) == 3 else ""


def _errors(code: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": code.lower(), "detail": {}}]}).encode()
