"""Gitea's labels, which go by their numbers: those of the repository, and of its organisation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from watcher.adapters.issues import Read, Wire, document
from watcher.adapters.issues.pages import counted_pages
from watcher.domain.errors import NotFoundError, PermanentError, UnauthorizedError
from watcher.domain.ticket import OURS

_PAGE: Final = 50
_COLOUR: Final = "#5b7083"


class Labels:
    """Names to numbers; a label that there is not is made in the repository."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[str, int] = {}

    def numbers(self, names: Iterable[str]) -> list[int]:
        """The numbers of labels; read anew where one is not known."""
        wanted = list(names)
        if any(name not in self._known for name in wanted):
            self.read()
        return [self._known[name] if name in self._known else self._made(name) for name in wanted]

    def read(self) -> None:
        """Read all labels; raises PermanentError where ours is there twice."""
        self._known = {**self._of_the_organisation(), **self._of(self._wire.root)}

    def _of_the_organisation(self) -> dict[str, int]:
        owner = self._wire.root.rsplit("/", 2)[1]
        try:
            return self._of(f"{self._wire.api}/orgs/{owner}")
        except (NotFoundError, UnauthorizedError):
            return {}  # it is a person's, or the token may read issues alone

    def _of(self, place: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for answer, entries in counted_pages(
            lambda page: self._wire.outside(
                f"{place}/labels?{urlencode({'limit': _PAGE, 'page': page})}"
            ),
            "X-Total-Count",
        ):
            for entry in entries:
                read = Read(answer, entry)
                name = read.text("name")
                if name == OURS and name in found:
                    # Asked for a name, it then lists what has both labels: nothing.
                    raise PermanentError(
                        f"{answer.asked}: two labels are called {OURS}: take one of them away"
                    )
                found.setdefault(name, read.number("id"))
        return found

    def _made(self, name: str) -> int:
        told = {"name": name, "color": _COLOUR}
        answer = self._wire.send("POST", f"{self._wire.root}/labels", told)
        number = Read(answer, document(answer)).number("id")
        self._known[name] = number
        return number
