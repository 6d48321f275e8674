"""What is pulled from a Harbor: the OCI protocol under /v2/, and the token service before it."""

from __future__ import annotations

import base64
import json
import re
import secrets
from urllib.parse import parse_qs, urlsplit

from tests.servers.harbor.accounts import Account
from tests.servers.harbor.api import given, refused
from tests.servers.harbor.records import Artifact, Records
from tests.servers.hostile import Reply, Seen

_PATH = re.compile(r"/v2/(?P<path>.+)/(?P<kind>manifests|blobs|referrers)/(?P<reference>[^/]+)")

_INDEX = "application/vnd.oci.image.index.v1+json"


class Content:
    """Answers under /v2/ and /service/token; a manifest GET touches pull times, a HEAD does not."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._tokens: dict[str, tuple[Account | None, str]] = {}

    def kind(self, seen: Seen) -> str:
        """What a request asks for, in a word or two."""
        found = _PATH.fullmatch(urlsplit(seen.path).path)
        if found:
            return f"{seen.method} {found['kind']}"
        return "token" if seen.path.startswith("/service/token") else "v2"

    def token(self, seen: Seen, who: Account | None) -> Reply:
        """Give a token for a scope, whatever of it is allowed, be it nothing: to anybody.

        Only without a scope, as `docker login` asks, is nobody refused.
        """
        if who is None and "scope=" not in seen.path:
            return refused(401, "UNAUTHORIZED", "unauthorized")
        scope = parse_qs(urlsplit(seen.path).query).get("scope", [""])[0]
        token = base64.urlsafe_b64encode(secrets.token_bytes(24)).decode()
        self._tokens[token] = (who, scope)
        return given({"token": token, "access_token": "", "expires_in": 1800})

    def answer(self, seen: Seen, who: Account | None) -> Reply:
        """Answer a request under /v2/."""
        header = seen.headers.get("authorization", "")
        scheme, _, value = header.partition(" ")
        holder, scope = (who, "*")
        if scheme.lower() == "bearer":
            holder, scope = self._tokens.get(value, (None, ""))
        found = _PATH.fullmatch(urlsplit(seen.path).path)
        if found is None:
            return Reply(body=b"{}") if holder is not None else self._challenge(seen)
        path = found["path"]
        # A HEAD that shows nothing is refused even where anybody may read.
        shown = bool(header) or seen.method != "HEAD"
        project = self._records.projects.get(path.partition("/")[0])
        if shown and project is None:
            return self._challenge(seen, known=False)
        allowed = project is not None and (
            project.public or (holder is not None and holder.may("pull repository", project))
        )
        if not shown or not allowed or scope not in {"*", f"repository:{path}:pull"}:
            return self._challenge(seen)
        if found["kind"] == "blobs":
            body = self._records.blobs.get(found["reference"])
            return Reply(404) if body is None else Reply(body=body)
        if found["kind"] == "referrers":  # nothing here refers to anything
            return given({"schemaVersion": 2, "mediaType": _INDEX, "manifests": []})
        return self._manifest(seen, path, found["reference"])

    def _manifest(self, seen: Seen, path: str, reference: str) -> Reply:
        repository = self._records.find(path)
        artifact = repository.tagged(reference) if repository else None
        upstream = self._records.projects[path.partition("/")[0]].upstream
        if upstream is not None and ":" not in reference:
            return self._handed_on(artifact, upstream.get((path, reference)))
        if artifact is None:
            return refused(404, "NOT_FOUND", f"artifact {path}:{reference} not found")
        manifest = artifact.manifest
        headers = {"Docker-Content-Digest": manifest.digest, "Content-Type": manifest.media_type}
        if seen.method == "HEAD":
            return Reply(200, {**headers, "Content-Length": str(len(manifest.content))})
        artifact.pulled_at = self._records.tick()
        if reference in artifact.tags:
            artifact.tags[reference].pulled_at = artifact.pulled_at
        return Reply(200, headers, manifest.content)

    def _handed_on(self, artifact: Artifact | None, digest: str | None) -> Reply:
        """What the other registry says of a tag; what it does not have is deleted here, too."""
        if digest is not None:
            return Reply(200, {"Docker-Content-Digest": digest})
        if artifact is not None:
            del artifact.repository.artifacts[artifact.manifest.digest]
        return refused(404, "NOT_FOUND", "resource not found")

    def _challenge(self, seen: Seen, *, known: bool = True) -> Reply:
        """Ask for a token; one who showed something that does not do is asked for a password.

        Where no such project is `known`, nothing is asked for, and it is a 401 all the same.
        """
        realm = f'Bearer realm="http://{seen.headers["host"]}/service/token"'
        challenge = f'{realm},service="harbor-registry"'
        if "authorization" in seen.headers:
            challenge = 'Basic realm="harbor"'
        if not known:
            challenge = ""
        body = json.dumps({"errors": [{"code": "UNAUTHORIZED", "message": "unauthorized"}]})
        return Reply(401, {"WWW-Authenticate": challenge}, body.encode())
