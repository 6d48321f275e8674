"""The registry of one account in one region: its repositories, their tags, and their images."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from watcher.adapters.distribution import Place, Pulling
from watcher.adapters.distribution.document import Document
from watcher.adapters.distribution.resolving import resolve_all
from watcher.adapters.http import Connecting, Http
from watcher.adapters.registries.ecr.api import Api
from watcher.adapters.registries.ecr.failure import NO_AWS
from watcher.adapters.registries.ecr.listing import Described, Tally, images, repositories
from watcher.adapters.registries.ecr.login import EcrLogin, Token, parse_token
from watcher.adapters.registries.ecr.pages import Answer, is_of_aws, pages
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError
from watcher.domain.reference import is_tag
from watcher.ports.registry import Known, Listing, Sighting

Found = TypeVar("Found")


class AccountRegistry:
    """One site; names are those it has there. Used from several threads at once.

    `page` is the number of entries asked for at once, at most 1000.
    """

    def __init__(self, api: Api, http: Http, connecting: Connecting, page: int) -> None:
        self.api = api
        self._http = http
        self._connecting = connecting
        self._page = page
        self._login = EcrLogin(self._token)
        self._pulling: Pulling | None = None
        self._lock = threading.Lock()

    def repositories(self) -> Iterator[str]:
        """List all repositories; raises where one page is missing."""
        operation = "DescribeRepositories"

        def ask(token: str | None) -> Answer:
            return self.api.ask(operation, **self._paged(token))

        for page in pages(self.api.asked(operation), "repositories", ask):
            yield from repositories(page)

    def tags(self, repository: str, known: Known) -> Listing:
        """List all tags with their digests, a thousand images for a request."""
        tally, count = Tally(), 0
        operation = "DescribeImages"

        def ask(token: str | None) -> Answer:
            # Those without tags are left out by AWS, so that they cost no pages.
            tagged = {"tagStatus": "TAGGED"}
            return self.api.ask(
                operation,
                repository,
                repositoryName=repository,
                filter=tagged,
                **self._paged(token),
            )

        for page in pages(self.api.asked(operation, repository), "imageDetails", ask):
            tally.add(images(page))
            count += 1
        # One page is one look; of several, tags may have moved from one to another meanwhile.
        return tally.listing(self._settle(repository, tally, known if count > 1 else {}))

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag, without pulling; raises NotFoundError where it is gone."""
        return self._one(repository, tag).sighting(tag)

    def pull(self, ask: Callable[[Pulling], Found]) -> Found:
        """Ask the registry itself; once more with a new token where the one we had was refused.

        ECR answers 403 and no challenge to a token that has expired.
        """
        pulling = self.pulling()
        before = self._login.current()
        try:
            return ask(pulling)
        except UnauthorizedError as error:
            refused = error
        if self._login.current(renewed=True) != before:
            try:
                return ask(pulling)
            except UnauthorizedError as error:
                refused = error
        raise UnauthorizedError(
            f"{refused}; {self.api.asked('a pull')} needs ecr:BatchGetImage and"
            " ecr:GetDownloadUrlForLayer"
        )

    def pulling(self) -> Pulling:
        """Where images are pulled from; its address comes with the first token."""
        way = self._connecting
        place = Place(self._login.url, self._login, way.tls_ca, way.proxy)
        with self._lock:
            if self._pulling is None:
                self._pulling = Pulling(self.api.name, place, self._http)
            return self._pulling

    def _paged(self, token: str | None) -> dict[str, object]:
        following = {} if token is None else {"nextToken": token}
        return {"maxResults": self._page, **following}

    def _settle(self, repository: str, tally: Tally, known: Known) -> dict[str, str]:
        found: dict[str, Described] = {}

        def look(tag: str) -> str:
            found[tag] = self._one(repository, tag)
            return found[tag].digest

        doubtful = tally.doubtful(known)
        resolved = resolve_all(doubtful, look, self._connecting.concurrency)
        for tag in doubtful:
            tally.settle(tag, found.get(tag))
        return resolved.failed

    def _one(self, repository: str, tag: str) -> Described:
        what = f"{repository}:{tag}"
        if not is_tag(tag):
            raise PermanentError(f"{self.api.asked('DescribeImages', what)}: that is no tag")
        answer = self.api.ask(
            "DescribeImages", what, repositoryName=repository, imageIds=[{"imageTag": tag}]
        )
        page = Document(self.api.asked("DescribeImages", what), answer)
        for one in images(page):
            if tag in one.tags:
                return one
        raise TransientError(f"{page.what}: the answer does not name it")

    def _token(self) -> Token:
        operation = "GetAuthorizationToken"
        answer = Document(self.api.asked(operation), self.api.ask(operation))
        if not answer.has("authorizationData") and not is_of_aws(answer):
            raise PermanentError(f"{answer.what}: the answer is not AWS's; {NO_AWS}")
        date = answer.child("ResponseMetadata").child("HTTPHeaders").text("date")
        return parse_token(answer, date)
