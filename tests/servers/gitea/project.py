"""A repository of a test, and what people do in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.servers.gitea.calling import Caller


@dataclass(slots=True)
class Project:
    """A repository, and somebody who may do everything in it."""

    caller: Caller
    url: str
    name: str

    def issue(self, number: str) -> Any:  # noqa: ANN401 - JSON
        """An issue as it stands."""
        return self.caller.ask("GET", self._path(number))

    def issues(self) -> list[Any]:
        """Every issue, oldest first."""
        found: list[Any] = []
        page = 1
        while True:
            query = f"?state=all&type=issues&limit=50&page={page}"
            more = self.caller.ask("GET", f"/repos/{self.name}/issues{query}")
            if not more:
                return sorted(found, key=lambda one: int(one["number"]))
            found += more
            page += 1

    def edit(self, number: str, **changes: object) -> None:
        """Change an issue by hand."""
        self.caller.ask("PATCH", self._path(number), changes)

    def label(self, number: str, labels: tuple[str, ...]) -> None:
        """Give an issue these labels and no others, making those that there are not."""
        known = {one["name"]: one["id"] for one in self._labels()}
        for name in labels:
            if name not in known:
                told = {"name": name, "color": "#00aabb"}
                made = self.caller.ask("POST", f"/repos/{self.name}/labels", told)
                known[name] = made["id"]
        numbers = [known[name] for name in labels]
        self.caller.ask("PUT", f"{self._path(number)}/labels", {"labels": numbers})

    def file(self, title: str, body: str) -> str:
        """File an issue by hand; returns its number."""
        told = {"title": title, "body": body}
        return str(self.caller.ask("POST", f"/repos/{self.name}/issues", told)["number"])

    def delete(self, number: str) -> None:
        """Delete an issue."""
        self.caller.ask("DELETE", self._path(number))

    def lock(self, number: str) -> None:
        """Let nobody but collaborators comment."""
        self.caller.ask("PUT", f"{self._path(number)}/lock", {"lock_reason": "spam"})

    def comments(self, number: str) -> list[str]:
        """What was remarked."""
        return [one["body"] for one in self.caller.ask("GET", f"{self._path(number)}/comments")]

    def rename(self, name: str) -> None:
        """Give the repository another name."""
        self.caller.ask("PATCH", f"/repos/{self.name}", {"name": name})
        self.name = f"{self.name.split('/')[0]}/{name}"

    def remove(self) -> None:
        """Take the whole repository away."""
        self.caller.ask("DELETE", f"/repos/{self.name}")

    def _labels(self) -> list[Any]:
        found: list[Any] = self.caller.ask("GET", f"/repos/{self.name}/labels?limit=50")
        return found

    def _path(self, number: str) -> str:
        return f"/repos/{self.name}/issues/{number}"
