"""Requests of Harbor's API 2.0; all are GET, and none touches a pull time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import quote

from watcher.adapters.distribution import Login
from watcher.adapters.distribution.document import Document
from watcher.adapters.http import Answer, Http
from watcher.adapters.http.address import origin
from watcher.adapters.registries.harbor import entries
from watcher.adapters.registries.harbor.entries import ArtifactEntry, Project, RepositoryEntry
from watcher.adapters.registries.harbor.pages import Page, Pages
from watcher.domain.errors import NotFoundError, PermanentError, UnauthorizedError

Entry = TypeVar("Entry")

LARGEST_PAGE: Final = 100  # Harbor answers 422 to 101
ROOT: Final = "/api/v2.0"
_LIMIT = 32 * 1024 * 1024  # bytes of an answer; an artifact may bring a configuration along
_MISSING = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_NOT_OFFERED = (*_MISSING, HTTPStatus.METHOD_NOT_ALLOWED)
# Harbor's own order is newest first, in which a deletion between two pages hides an entry.
_BY_NAME = "sort=name"
_TAGGED = "sort=id&with_tag=true"


class NotOfferedError(PermanentError):
    """Harbor does not list the artifacts of a whole project here, or not to us."""


class Api:
    """One Harbor as one user, robot or, without a login, anybody; for several threads at once.

    `size` is the number of entries asked for at once. A repository's path begins with its project.
    NotFoundError is raised by `repository` alone: a list that is not there is no evidence.
    """

    def __init__(self, url: str, http: Http, login: Login | None, size: int = LARGEST_PAGE) -> None:
        self.url = url
        self.anonymous = login is None
        self.size = min(size, LARGEST_PAGE)
        self._http = http
        self._login = login

    def ping(self) -> None:
        """Ask whether a Harbor is there; raises PermanentError where something else is."""
        try:
            answer = self._http.request("GET", f"{self.url}{ROOT}/ping")
        except NotFoundError:
            raise self._no_harbor() from None
        if b"Pong" not in answer.body[:16]:
            raise self._no_harbor()

    def is_user(self) -> bool:
        """Tell a user from a robot; raises UnauthorizedError where Harbor does not know us.

        Most else is answered to a wrong password as to anybody: 200, with what is public.
        """
        robot = HTTPStatus.PRECONDITION_FAILED
        answer = self._ask("/users/current", (robot, HTTPStatus.NOT_FOUND))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise self._no_harbor()
        return answer.status != robot

    def project(self, name: str) -> Project | None:
        """Look at a project; raises UnauthorizedError where we are nobody there.

        To one whom it knows, Harbor answers 403 or 404 for a project that is not for him: None.
        """
        answer = self._ask(f"/projects/{_one(name)}", _MISSING)
        if answer.status in _MISSING:
            return None
        return entries.parse_one(f"{answer.asked}: the answer", answer.body, entries.project)

    def projects(self) -> tuple[Project, ...]:
        """List the projects shown to us."""
        return self._pages("/projects", _BY_NAME, entries.project, lambda one: one.name).all()

    def repositories(self, project: str) -> tuple[RepositoryEntry, ...]:
        """List the repositories of a project."""
        path = f"/projects/{_one(project)}/repositories"
        return self._pages(path, _BY_NAME, entries.repository, lambda one: one.name).all()

    def answers_for(self, project: str) -> None:
        """Raise unless we are shown the repositories of a project, so that one may be missing."""
        path = f"/projects/{_one(project)}/repositories"
        self._listed(f"{path}?page=1&page_size=1")

    def repository(self, path: str) -> RepositoryEntry:
        """Look at one repository; NotFoundError where there is none, or none that we may see."""
        answer = self._ask(_repository(path))
        return entries.parse_one(f"{answer.asked}: the answer", answer.body, entries.repository)

    def artifacts_of_project(self, project: str) -> Pages[ArtifactEntry]:
        """List all artifacts of a project; NotOfferedError where that cannot be had."""
        path = f"/projects/{_one(project)}/artifacts"
        refusals = (*_NOT_OFFERED, *((HTTPStatus.UNAUTHORIZED,) if self.anonymous else ()))
        return self._pages(path, _TAGGED, entries.artifact, _identity, refusals)

    def artifacts(self, path: str) -> tuple[ArtifactEntry, ...]:
        """List the artifacts of a repository; none where there is no such repository, too."""
        listed = f"{_repository(path)}/artifacts"
        return self._pages(listed, _TAGGED, entries.artifact, _identity).all()

    def _pages(
        self,
        path: str,
        query: str,
        entry: Callable[[Document], Entry],
        key: Callable[[Entry], Hashable],
        refusals: Collection[int] = (),
    ) -> Pages[Entry]:
        def fetch(number: int) -> Page[Entry]:
            where = f"{path}?page={number}&page_size={self.size}&{query}"
            answer = self._listed(where, refusals)
            found = entries.parse_list(f"{answer.asked}: the answer", answer.body, entry)
            return Page(found, _total(answer))

        return Pages(f"{self.url}{ROOT}{path}", self.size, fetch, key)

    def _listed(self, path: str, refusals: Collection[int] = ()) -> Answer:
        answer = self._ask(path, {HTTPStatus.NOT_FOUND, *refusals})
        if answer.status in refusals:
            raise NotOfferedError(f"{answer.asked}: {answer.status}; not offered here")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise PermanentError(
                f"{answer.asked}: 404; no such project, or no Harbor at this url: correct include"
                " or url"
            )
        return answer

    def _ask(self, path: str, also: Collection[int] = ()) -> Answer:
        """GET with our login, which Harbor does not ask for; 401 and 403 in its own words."""
        headers = {"Authorization": self._login.current().basic} if self._login else {}
        headers["X-Is-Resource-Name"] = "true"  # a project may be called by a number
        refusals = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
        answer = self._http.request(
            "GET",
            f"{self.url}{ROOT}{path}",
            headers=headers,
            expect=(HTTPStatus.OK, *refusals, *also),
            limit=_LIMIT,
        )
        if answer.status in refusals and answer.status not in also:
            raise self._refused(answer)
        return answer

    def _refused(self, answer: Answer) -> UnauthorizedError:
        if answer.status == HTTPStatus.FORBIDDEN:
            return UnauthorizedError(
                f"{answer.asked}: 403; the login is right, but there is no such project, or the"
                f" permission `{_permission(answer.url)}` in it is missing: grant it"
            )
        if self.anonymous:
            return UnauthorizedError(f"{answer.asked}: 401; it wants a username and a password")
        if origin(answer.url) != origin(self.url):
            return UnauthorizedError(
                f"{answer.asked}: 401; {self.url} sends us on to there, and the login does not go"
                " along: correct the url"
            )
        return UnauthorizedError(
            f"{answer.asked}: 401; the username or password is refused: correct it, or renew the"
            " robot"
        )

    def _no_harbor(self) -> PermanentError:
        return PermanentError(f"{self.url} is no Harbor, its API is not there: correct the url")


def _one(name: str) -> str:
    return quote(name, safe="")


def _repository(path: str) -> str:
    # Escaped twice, and without the project, or Harbor answers that there is nothing.
    project, _, name = path.partition("/")
    return f"/projects/{_one(project)}/repositories/{_one(_one(name))}"


def _identity(entry: ArtifactEntry) -> Hashable:
    return entry.id, entry.repository, entry.digest


def _permission(url: str) -> str:
    path = url.partition("?")[0]
    if path.endswith("/artifacts"):
        return "list artifact"
    if path.endswith("/repositories"):
        return "list repository"
    return "read repository" if "/repositories/" in path else "read project"


def _total(answer: Answer) -> int:
    total = answer.headers.get("X-Total-Count", "")
    if not total.isdecimal() or len(total) > len("9" * 12):
        raise PermanentError(
            f"{answer.asked}: the answer does not say how many there are in all (X-Total-Count):"
            " a proxy may take it away"
        )
    return int(total)
