"""The API over REST, and the registry under /v2/, on one address."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from google.cloud.artifactregistry_v1.types import ListDockerImagesRequest, ListRepositoriesRequest

from tests.servers.artifact_registry.faults import CODES, Fault, Faults
from tests.servers.artifact_registry.lists import FaultError, Lists
from tests.servers.artifact_registry.store import Store
from tests.servers.hostile import Reply, Seen


class Face:
    """Answers HTTP requests; `tokens` are those accepted, None wants none."""

    def __init__(self, store: Store, faults: Faults, tokens: set[str] | None) -> None:
        self._store = store
        self._faults = faults
        self._tokens = tokens
        self._lists = Lists(store, faults, tokens)

    def __call__(self, seen: Seen) -> Reply:
        """Answer."""
        parts = urlsplit(seen.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        try:
            if path.startswith("/v2/"):
                return self._registry(seen, path)
            return self._api(seen, path.removeprefix("/v1/"), query)
        except FaultError as error:
            return error.fault.reply or refused(error.fault)

    def _api(self, seen: Seen, resource: str, query: Mapping[str, list[str]]) -> Reply:
        parent, _, kind = resource.rpartition("/")
        asked = {
            "parent": parent,
            "page_size": int(query.get("pageSize", ["0"])[0]),
            "page_token": query.get("pageToken", [""])[0],
        }
        identity = seen.headers.get("authorization", "")
        if kind == "repositories":
            page = self._lists.repositories(ListRepositoriesRequest(asked), identity)
        elif kind == "dockerImages":
            page = self._lists.images(ListDockerImagesRequest(asked), identity)
        else:
            return Reply(404, body=b"<html>no such page</html>")
        return Reply(200, {"Content-Type": "application/json"}, type(page).to_json(page).encode())

    def _registry(self, seen: Seen, path: str) -> Reply:
        if path == "/v2/token":
            return self._token(seen)
        given = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens is not None and given not in self._tokens:
            realm = f'Bearer realm="http://{seen.headers["host"]}/v2/token",service="stub"'
            return Reply(401, {"WWW-Authenticate": realm}, b'{"errors":[]}')
        fault = self._faults.due("ping" if path == "/v2/" else "v2")
        if fault:
            return fault.reply or denied(fault)
        if path == "/v2/":
            return Reply(body=b"{}")
        where, kind, reference = path.removeprefix("/v2/").rsplit("/", 2)
        self._faults.count(f"{seen.method} {kind}")
        digest = reference
        if kind == "manifests" and not reference.startswith("sha256:"):
            digest = self._store.tagged(where.partition("/")[2], reference) or ""
        blob = self._store.bytes.get((where, digest))
        if blob is None:
            return Reply(404, body=b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
        headers = {"Docker-Content-Digest": digest, "Content-Type": blob.media_type}
        return Reply(200, headers, blob.content)

    def _token(self, seen: Seen) -> Reply:
        self._faults.count("token")
        scheme, _, text = seen.headers.get("authorization", "").partition(" ")
        user, _, password = base64.b64decode(text).decode().partition(":")
        known = self._tokens is not None and password in self._tokens
        if scheme != "Basic" or user != "oauth2accesstoken" or not known:
            return Reply(401, body=b'{"errors":[{"code":"UNAUTHORIZED"}]}')
        return Reply(body=json.dumps({"token": password, "expires_in": 3600}).encode())


def refused(fault: Fault) -> Reply:
    """An error as the API gives it."""
    details: list[dict[str, object]] = []
    if fault.reason:
        info = {"reason": fault.reason, "domain": "googleapis.com", "metadata": dict(fault.about)}
        details.append({"@type": "type.googleapis.com/google.rpc.ErrorInfo", **info})
    if fault.delay is not None:
        kind = "type.googleapis.com/google.rpc.RetryInfo"
        details.append({"@type": kind, "retryDelay": f"{fault.delay:g}s"})
    error = {
        "code": CODES[fault.status],
        "message": fault.message,
        "status": fault.status,
        "details": details,
    }
    return Reply(CODES[fault.status], fault.headers, json.dumps({"error": error}).encode())


def denied(fault: Fault) -> Reply:
    """An error as the registry under /v2/ gives it."""
    error = {"code": "DENIED", "message": fault.message}
    return Reply(CODES[fault.status], fault.headers, json.dumps({"errors": [error]}).encode())
