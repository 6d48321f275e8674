"""The API 2.0 over the records: what a real Harbor 2.15 was seen to answer, silences included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.harbor import shapes
from tests.servers.harbor.accounts import Account
from tests.servers.harbor.records import Artifact, Project, Records, Repository
from tests.servers.harbor.shapes import Shape
from tests.servers.hostile import Reply, Seen

ROOT = "/api/v2.0"
_LARGEST = 100
# What may be sorted by, and the attribute it is here; anything else is ignored without a word.
_ORDERS: Mapping[type, Mapping[str, str]] = {
    Project: {"name": "name", "project_id": "id"},
    Repository: {"name": "name", "repository_id": "id"},
    Artifact: {"id": "id", "push_time": "pushed_at"},
}
Thing = TypeVar("Thing", Project, Repository, Artifact)


@dataclass(frozen=True)
class Call:
    """A request, and who made it."""

    seen: Seen
    who: Account | None
    query: Mapping[str, str]

    def flag(self, name: str, *, default: bool) -> bool:
        """A parameter that is true or false."""
        return {"true": True, "false": False}.get(self.query.get(name, ""), default)


class Api:
    """Answers GET requests of the API, silent where Harbor is."""

    def __init__(self, records: Records) -> None:
        self._records = records
        part = "([^/]+)"
        project = f"/projects/{part}"
        self._routes: Sequence[tuple[str, str, Callable[..., Reply]]] = (
            ("ping", "/ping", lambda _: Reply(200, {"Content-Type": "text/plain"}, b"Pong")),
            ("users/current", "/users/current", self._user),
            ("projects", "/projects", self._projects),
            ("project", project, self._project),
            ("repositories", f"{project}/repositories", self._repositories),
            ("project/artifacts", f"{project}/artifacts", self._project_artifacts),
            ("repository", f"{project}/repositories/{part}", self._repository),
            ("artifacts", f"{project}/repositories/{part}/artifacts", self._artifacts),
        )

    def kind(self, path: str) -> str:
        """What a path asks for, in one word."""
        return next((kind for kind, _, found in self._matching(path) if found), "unknown")

    def answer(self, seen: Seen, who: Account | None) -> Reply:
        """Answer a request."""
        parts = urlsplit(seen.path)
        call = Call(seen, who, dict(parse_qsl(parts.query)))
        if int(call.query.get("page_size", "10")) > _LARGEST:
            return refused(422, "UNPROCESSABLE_ENTITY", "page_size must be at most 100")
        for _, answer, found in self._matching(parts.path):
            if found:
                return answer(call, *map(unquote, found.groups()))
        return refused(404, "NOT_FOUND", f"path {parts.path} was not found")

    def _matching(
        self, path: str
    ) -> Iterable[tuple[str, Callable[..., Reply], re.Match[str] | None]]:
        bare = path.partition("?")[0].removeprefix(ROOT)
        return ((kind, answer, re.fullmatch(route, bare)) for kind, route, answer in self._routes)

    def _user(self, call: Call) -> Reply:
        if call.who is None:
            return refused(401, "UNAUTHORIZED", "unauthorized")
        if call.who.robot:
            return refused(412, "PRECONDITION", "get current user not available for robots")
        return given({"user_id": 3, "username": call.who.name, "sysadmin_flag": False})

    def _projects(self, call: Call) -> Reply:
        """The public ones, and one's own, whatever is allowed there: a wrong password has none."""
        shown = [
            one
            for one in self._records.projects.values()
            if one.public or (call.who and call.who.belongs_to(one))
        ]
        with_detail = call.flag("with_detail", default=True)
        return _page(call, shown, partial(shapes.project, with_detail=with_detail))

    def _project(self, call: Call, name: str) -> Reply:
        return self._in(call, name, "read project", lambda one: given(shapes.project(one)))

    def _repositories(self, call: Call, name: str) -> Reply:
        def answer(project: Project) -> Reply:
            return _page(call, project.repositories.values(), shapes.repository)

        return self._in(call, name, "list repository", answer)

    def _repository(self, call: Call, project: str, name: str) -> Reply:
        def answer(_: Project) -> Reply:
            found = self._found(project, name)
            if found is None:
                return refused(404, "NOT_FOUND", f"repository {project}/{name} not found")
            return given(shapes.repository(found))

        return self._in(call, project, "read repository", answer)

    def _artifacts(self, call: Call, project: str, name: str) -> Reply:
        def answer(_: Project) -> Reply:
            found = self._found(project, name)
            return _artifacts(call, found.listed() if found else ())

        return self._in(call, project, "list artifact", answer)

    def _project_artifacts(self, call: Call, name: str) -> Reply:
        if call.who is None:
            return refused(401, "UNAUTHORIZED", "unauthorized")

        def answer(project: Project) -> Reply:
            whole = project.repositories.values()
            return _artifacts(call, (art for one in whole for art in one.listed()))

        return self._in(call, name, "list artifact", answer)

    def _found(self, project: str, name: str) -> Repository | None:
        """Names come escaped twice; the router took one, the handler takes the other."""
        return self._records.find(f"{project}/{unquote(name)}")

    def _named(self, call: Call, name: str) -> Project | None:
        """A project by its name; a number is its id, unless a header says otherwise."""
        if name.isdecimal() and call.seen.headers.get("x-is-resource-name") != "true":
            return next((p for p in self._records.projects.values() if p.id == int(name)), None)
        return self._records.projects.get(name)

    def _in(
        self, call: Call, name: str, permission: str, answer: Callable[[Project], Reply]
    ) -> Reply:
        project = self._named(call, name)
        if project and (project.public or (call.who and call.who.may(permission, project))):
            return answer(project)
        if call.who is None:
            return refused(401, "UNAUTHORIZED", "unauthorized")
        return refused(403, "FORBIDDEN", "forbidden")


def given(shape: object, headers: Mapping[str, str] | None = None) -> Reply:
    """A 200."""
    kind = {"Content-Type": "application/json", **(headers or {})}
    return Reply(200, kind, json.dumps(shape).encode())


def refused(status: int, code: str, message: str) -> Reply:
    """Anything else."""
    body = json.dumps(shapes.errors(code, message)).encode()
    return Reply(status, {"Content-Type": "application/json"}, body)


def _artifacts(call: Call, found: Iterable[Artifact]) -> Reply:
    with_tag = call.flag("with_tag", default=True)
    return _page(call, found, partial(shapes.artifact, with_tag=with_tag))


def _page(call: Call, found: Iterable[Thing], shape: Callable[[Thing], Shape]) -> Reply:
    """A page, newest first unless the sort is known; what `q` asks for nobody here understands."""
    whole = list(found)
    sort = call.query.get("sort", "")
    order = _ORDERS[type(whole[0])].get(sort.removeprefix("-")) if whole else None
    whole.sort(key=attrgetter(order or "id"), reverse=order is None or sort.startswith("-"))
    number, size = int(call.query.get("page", "1")), int(call.query.get("page_size", "10"))
    headers = {"X-Total-Count": str(len(whole))}
    link = _link(call, number, size, len(whole))
    page = [shape(one) for one in whole[(number - 1) * size : number * size]]
    return given(page, {**headers, "Link": link} if link else headers)


def _link(call: Call, number: int, size: int, total: int) -> str:
    """The neighbours: relative, divided by space, comma, space, and their queries un-escaped."""
    path = urlsplit(call.seen.path).path
    neighbours = (("prev", number - 1, number > 1), ("next", number + 1, number * size < total))
    rest = "&".join(f"{key}={value}" for key, value in call.query.items() if "page" not in key)
    return " , ".join(
        f'<{path}?page={page}&page_size={size}&{rest}>; rel="{name}"'
        for name, page, there in neighbours
        if there
    )
