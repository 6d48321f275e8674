"""Requests to the Hub API: as whom, what a refusal means, and where a list goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from watcher.adapters.http import Answer, Http
from watcher.adapters.http.address import origin, redacted
from watcher.adapters.registries.docker_hub.entries import (
    Page,
    RepositoryEntry,
    TagEntry,
    repositories_page,
    tag_entry,
    tags_page,
)
from watcher.adapters.registries.docker_hub.refusal import message_of, not_hub
from watcher.adapters.registries.docker_hub.sign_in import SignIn
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    TransientError,
    UnauthorizedError,
)

Entry = TypeVar("Entry")

LARGEST_PAGE: Final = 100  # Hub gives no more
# What a token has to allow: its scope in an organization's, and the permission of a personal one.
MAY_LIST: Final = "Repository List (scope-repository-list), or Repo Read-only"
MAY_READ_TAGS: Final = "Tag Read (scope-tag-read), or Repo Read-only"
MAY_PULL: Final = "Image Pull (scope-image-pull), or Repo Read-only"

_LIMIT: Final = 16 * 1024 * 1024
_MOST_PAGES: Final = 5000
_REFUSALS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


class HubApi:
    """The Hub API at an address; without `sign_in` as anybody. For many threads."""

    def __init__(self, url: str, http: Http, sign_in: SignIn | None, page: int) -> None:
        self.url = url
        self._http = http
        self._sign_in = sign_in
        self._page = min(page, LARGEST_PAGE)

    @property
    def anonymous(self) -> bool:
        """Whether it asks as anybody."""
        return self._sign_in is None

    def repositories(self, namespace: str) -> Iterator[Page[RepositoryEntry]]:
        """Give the pages of a namespace's repositories, those pushed to last first."""
        path = f"/v2/namespaces/{quote(namespace, safe='')}/repositories"
        return self._pages(path, "-last_updated", MAY_LIST, repositories_page)

    def tags(self, repository: str) -> Iterator[Page[TagEntry]]:
        """Give the pages of a repository's tags, those pushed last first.

        The first one raises NotFoundError where Hub shows us no such repository.
        """
        # Unlike repositories, tags come newest first without a sign.
        path = f"{_repository(repository)}/tags"
        return self._pages(path, "last_updated", MAY_READ_TAGS, tags_page)

    def tag(self, repository: str, tag: str) -> TagEntry:
        """Give one tag; raises NotFoundError where Hub shows us none."""
        url = f"{self.url}{_repository(repository)}/tags/{quote(tag, safe='')}"
        answer = self._get(url, MAY_READ_TAGS)
        return tag_entry(f"{answer.asked}: the answer", answer.body)

    def _pages(
        self, path: str, ordering: str, needs: str, read: Callable[[str, bytes], Page[Entry]]
    ) -> Iterator[Page[Entry]]:
        url: str | None = f"{self.url}{path}?page_size={self._page}&ordering={ordering}"
        seen: set[str] = set()
        while url is not None:
            try:
                answer = self._get(url, needs)
            except NotFoundError as error:
                if not seen:
                    raise
                raise TransientError(f"{error}, while it was being listed") from None
            seen.add(url)
            page = read(f"{answer.asked}: the answer", answer.body)
            yield page
            url = self._following(url, page, seen)

    def _following(self, url: str, page: Page[Entry], seen: set[str]) -> str | None:
        """Where the list goes on; raises PermanentError where it leads elsewhere or nowhere."""
        if page.following is None:
            return None
        try:
            found = urljoin(url, page.following)
        except ValueError:
            raise PermanentError(f"{redacted(url)}: its next page is no address; refused") from None
        if origin(found) != origin(url) or urlsplit(found).path.rstrip("/") != urlsplit(url).path:
            raise PermanentError(
                f"{redacted(url)}: its next page would be at {redacted(found)}, elsewhere; refused"
            )
        if not page.entries or found in seen or len(seen) >= _MOST_PAGES:
            raise PermanentError(f"{redacted(url)}: its pages do not end; refused")
        return found

    def _get(self, url: str, needs: str) -> Answer:
        identity = self._sign_in.header() if self._sign_in else None
        answer = self._ask(url, identity)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._sign_in:
            # A token may end before its time; one more is asked for, and no third.
            answer = self._ask(url, self._sign_in.header(refused=identity))
        if answer.status in _REFUSALS:
            raise self._refusal(answer, needs)
        return answer

    def _ask(self, url: str, identity: str | None) -> Answer:
        headers = {"Authorization": identity} if identity else {}
        expect = (HTTPStatus.OK, *_REFUSALS)
        return self._http.request("GET", url, headers=headers, expect=expect, limit=_LIMIT)

    def _refusal(self, answer: Answer, needs: str) -> TransientError | PermanentError:
        said = message_of(answer.body)
        if answer.status == HTTPStatus.NOT_FOUND:
            if said is None:
                return TransientError(
                    f"{answer.asked}: a 404 that is not Docker Hub's, so nothing is known to be"
                    " gone; correct api_url"
                )
            return NotFoundError(f"{answer.asked}: 404; Docker Hub shows us no such thing")
        if said is None:
            return not_hub(answer)
        told = f"{answer.asked}: {answer.status} ({said})"
        if self._sign_in is None:
            return UnauthorizedError(f"{told}; not for anonymous readers: set username, password")
        return UnauthorizedError(f"{told}; the token lacks {needs}")


def _repository(path: str) -> str:
    namespace, _, name = path.partition("/")
    return f"/v2/namespaces/{quote(namespace, safe='')}/repositories/{quote(name, safe='')}"
