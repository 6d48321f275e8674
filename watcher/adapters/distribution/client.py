"""Requests of the OCI Distribution protocol to one registry."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from pathlib import Path

from watcher.adapters.distribution.auth import Login
from watcher.adapters.distribution.document import Document
from watcher.adapters.distribution.manifest import Descriptor
from watcher.adapters.distribution.media_types import ACCEPTED, OCI_INDEX
from watcher.adapters.distribution.paging import Names, Walk
from watcher.adapters.distribution.session import Session
from watcher.adapters.distribution.sink import FileSink
from watcher.adapters.http import Http
from watcher.domain.errors import NotFoundError, PermanentError, TransientError
from watcher.domain.reference import is_digest

_MANIFEST_LIMIT = 4 * 1024 * 1024  # what the specification asks registries to accept at least
_CONFIG_LIMIT = 8 * 1024 * 1024
_LIST_LIMIT = 16 * 1024 * 1024
_PAGE = 1000
_CATALOG_PAGE = 100  # registries may be set up to refuse more
_CATALOG = "registry:catalog:*"


class Distribution:
    """One registry; used from several threads at once. Raises TransientError and PermanentError.

    Paths, tags and digests given are in the grammar of the specification. `page` is the number of
    names asked for at once, at most 1000.
    """

    def __init__(
        self, base_url: str, http: Http, login: Login | None = None, page: int = _PAGE
    ) -> None:
        self._session = Session(base_url, http, login)
        self._page = min(page, _PAGE)

    def ping(self) -> None:
        """Ask whether this is a registry that accepts us; UnauthorizedError where it does not."""
        self._session.ping()

    def confirm_absence(self) -> None:
        """Raise TransientError unless a registry answers: a stray 404 is no evidence of absence."""
        self._session.confirm()

    def tags(self, path: str) -> Names:
        """List all tags of a repository; NotFoundError where the registry knows no such one."""
        return self._names(f"/v2/{path}/tags/list", "tags", _pulling(path), self._page)

    def catalog(self) -> Names:
        """List all repositories; NotFoundError or UnauthorizedError where it is not offered."""
        size = min(self._page, _CATALOG_PAGE)
        return self._names("/v2/_catalog", "repositories", _CATALOG, size)

    def head(self, path: str, target: str, known: str | None = None) -> str:
        """Give the digest behind a tag; `known` is the one last seen. NotFoundError where gone."""
        headers = {"Accept": ACCEPTED}
        if known is not None:
            headers["If-None-Match"] = f'"{known}"'
        url = f"/v2/{path}/manifests/{target}"
        expect = (200, 405) if known is None else (200, 304, 405)
        answer = self._session.ask("HEAD", url, _pulling(path), headers=headers, expect=expect)
        if known is not None and answer.status == HTTPStatus.NOT_MODIFIED:
            return known
        digest = answer.headers.get("Docker-Content-Digest", "")
        if answer.status == HTTPStatus.OK and is_digest(digest):
            return digest
        # No digest we trust, or no HEAD at all: the bytes themselves tell.
        return _digest(self._manifest(path, target))

    def manifest(self, path: str, digest: str) -> bytes:
        """Fetch a manifest or index, verified; NotFoundError where it is gone."""
        body = self._manifest(path, digest)
        if _digest(body) != digest:
            raise PermanentError(
                f"{self._session.base_url}/v2/{path}/manifests/{digest}: the registry gave a"
                f" manifest with the digest {_digest(body)}; push it again"
            )
        return body

    def config(self, path: str, descriptor: Descriptor) -> bytes:
        """Fetch a configuration of at most 8 MiB, verified."""
        if descriptor.size > _CONFIG_LIMIT:
            url = f"{self._session.base_url}/v2/{path}/blobs/{descriptor.digest}"
            raise PermanentError(
                f"{url}: a configuration of {descriptor.size} bytes is refused;"
                f" {_CONFIG_LIMIT} are allowed"
            )
        return self.blob(path, descriptor, _CONFIG_LIMIT)

    def referrers(self, path: str, digest: str) -> bytes | None:
        """Fetch the list of what refers to a digest: by the API, else under its fallback tag.

        None where there is neither; a registry that cannot be asked raises.
        """
        url = f"/v2/{path}/referrers/{digest}"
        headers = {"Accept": OCI_INDEX}
        try:
            answer = self._session.ask(
                "GET", url, _pulling(path), headers=headers, limit=_MANIFEST_LIMIT
            )
        except NotFoundError:
            try:
                return self.tagged(path, digest.replace(":", "-"))
            except NotFoundError:
                return None
        return answer.body

    def tagged(self, path: str, tag: str) -> bytes:
        """Fetch the manifest under a tag; NotFoundError where there is none."""
        return self._manifest(path, tag)

    def blob(self, path: str, descriptor: Descriptor, limit: int) -> bytes:
        """Fetch a small blob, verified."""
        url = f"/v2/{path}/blobs/{descriptor.digest}"
        what = f"{self._session.base_url}{url}"
        try:
            answer = self._session.ask("GET", url, _pulling(path), limit=limit)
        except NotFoundError:
            raise PermanentError(f"{what}: the registry has lost this blob; push again") from None
        if _digest(answer.body) != descriptor.digest:
            raise PermanentError(f"{what}: the registry gave other bytes; push it again")
        return answer.body

    def download(self, path: str, blob: Descriptor, to: Path, total: float) -> None:
        """Write a blob to a file within `total` seconds; the file is gone where that fails.

        Raises TransientError for a body cut short, PermanentError for other bytes.
        """
        url = f"/v2/{path}/blobs/{blob.digest}"
        what = f"{self._session.base_url}{url}"
        with FileSink(what, to) as sink:
            try:
                self._session.download(
                    url, _pulling(path), sink.write, limit=blob.size, total=total
                )
            except NotFoundError:
                raise PermanentError(f"{what}: the registry has lost this blob") from None
            sink.verify(blob.digest, blob.size)

    def _manifest(self, path: str, target: str) -> bytes:
        url = f"/v2/{path}/manifests/{target}"
        headers = {"Accept": ACCEPTED}
        answer = self._session.ask(
            "GET", url, _pulling(path), headers=headers, limit=_MANIFEST_LIMIT
        )
        return answer.body

    def _names(self, path: str, field: str, scope: str, size: int) -> Names:
        walk = Walk(f"{self._session.base_url}{path}", size)
        url: str | None = walk.start()
        while url is not None:
            try:
                answer = self._session.ask("GET", url, scope, limit=_LIST_LIMIT)
            except NotFoundError as error:
                if not walk.pages:
                    raise
                raise TransientError(f"{error}, while it was being listed") from None
            document = Document.read(f"{answer.asked}: the answer", answer.body)
            if field not in document.fields:
                document.wrong(field, "a list")
            url = walk.step(url, document.texts(field), answer.headers.get("Link", ""))
        return walk.found


def _pulling(path: str) -> str:
    return f"repository:{path}:pull"


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
