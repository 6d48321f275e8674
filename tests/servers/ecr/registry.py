"""The registry beside the API: manifests and blobs, behind the tokens that the API gives."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from tests.servers.ecr.faults import Call
from tests.servers.ecr.identities import Refusal
from tests.servers.ecr.operations import Operations
from tests.servers.hostile import Reply, Seen

_EXPIRED = "Your authorization token has expired. Reauthenticate and try again."


class PullSide:
    """What /v2/ answers; `pulled` are the digests whose pull time a client has touched."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self.pulled: set[str] = set()
        self.ended: set[str] = set()  # passwords
        self.denied: str | None = None

    def call(self, seen: Seen) -> Call | Reply:
        """Tell what is asked and by whom, or refuse it."""
        pair = base64.b64decode(seen.headers.get("authorization", "").removeprefix("Basic "))
        user, _, password = pair.decode().partition(":")
        login = self._operations.tokens.get(password)
        if login is None or user != "AWS":
            realm = f'Basic realm="{self._operations.url}/",service="ecr.amazonaws.com"'
            return _refused(401, "UNAUTHORIZED", "authentication required", realm)
        if password in self.ended:
            return _refused(403, "DENIED", _EXPIRED)
        *name, kind, target = (
            seen.path.removeprefix("/v2/").split("/") if _named(seen) else ("", "")
        )
        return Call(
            f"{seen.method} {kind or 'v2'}",
            login.account,
            login.region,
            {"repositoryName": "/".join(name), "target": target},
        )

    def answer(self, call: Call) -> Reply:
        """Answer a call; blobs are elsewhere, as ECR has them, with a signature of their own."""
        kind, target = call.operation.split()[1], str(call.fields["target"])
        if kind == "v2":
            return Reply(body=b"{}")
        if self.denied:
            return _refused(403, "DENIED", f"not authorized to perform: {self.denied}")
        try:
            images = self._operations.store.images(call.account, call.region, call.repository)
        except Refusal as refusal:
            return _refused(404, "NAME_UNKNOWN", refusal.message)
        if kind == "blobs":
            return self._elsewhere(target)
        for digest, one in images.items():
            if target == digest or target in one.tags:
                self.pulled.add(digest)
                headers = {"Docker-Content-Digest": digest, "Content-Type": one.manifest.media_type}
                return Reply(200, headers, one.manifest.content)
        return _refused(404, "MANIFEST_UNKNOWN", "Requested image not found")

    def blob(self, seen: Seen) -> Reply:
        """What the bucket answers to a signed address; it must see no credentials."""
        if "authorization" in seen.headers or "X-Amz-Signature=" not in seen.path:
            return Reply(400)
        digest = seen.path.partition("?")[0].removeprefix("/bucket/")
        return Reply(body=self._operations.store.blobs[digest])

    def _elsewhere(self, digest: str) -> Reply:
        if digest not in self._operations.store.blobs:
            return _refused(404, "BLOB_UNKNOWN", "not found")
        port = self._operations.url.rpartition(":")[2]
        address = f"http://localhost:{port}/bucket/{digest}?X-Amz-Signature=s1gned"
        return Reply(307, {"Location": address})


def _named(seen: Seen) -> bool:
    return seen.path.count("/") > 2


def _refused(status: int, code: str, message: str, realm: str | None = None) -> Reply:
    headers: Mapping[str, str] = {"WWW-Authenticate": realm} if realm else {}
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return Reply(status, headers, body)
