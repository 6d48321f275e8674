"""The repositories of a location, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from watcher.adapters.registries.artifact_registry.api import (
    Api,
    RepositoryRow,
    UnacceptableError,
)
from watcher.adapters.registries.artifact_registry.contents import (
    Contents,
    read_contents,
    read_repository,
)
from watcher.adapters.registries.artifact_registry.names import Site
from watcher.adapters.registries.artifact_registry.pages import all_pages
from watcher.adapters.registries.artifact_registry.shelf import Shelf
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    TransientError,
    UnauthorizedError,
)

_NOWHERE = "watcher-asks-for-nothing"
_MOST_ROWS = 1000  # on a page, by the API's description


class Catalogue:
    """Lists through the API, several repositories at once; used from several threads."""

    def __init__(self, site: Site, api: Api, page: int, concurrency: int) -> None:
        self._site = site
        self._api = api
        self._page = min(page, _MOST_ROWS)
        self._concurrency = concurrency
        self._shelf = Shelf()

    def repositories(self) -> list[str]:
        """The ids of the repositories that wildcards find: of Docker's format, standard ones.

        A remote repository holds copies of what others publish, a virtual one shows again what is
        in its members: neither is published here. Raises PermanentError where there is no such
        project or location.
        """
        try:
            rows = self._rows()
        except NotFoundError as error:
            raise PermanentError(f"{error}: correct project and location") from None
        return sorted(
            read_repository(self._site.parent, row) for row in rows if row.docker and row.standard
        )

    def listed(self, repositories: Iterable[str], *, keep: bool) -> dict[str, Contents]:
        """List repositories whole; those gone meanwhile are left out.

        `keep` puts what was found aside for `contents`, so that one pass asks once.
        """
        wanted, since = list(repositories), self._shelf.now()
        if not wanted:
            return {}
        with ThreadPoolExecutor(min(self._concurrency, len(wanted))) as pool:
            answers = list(pool.map(self._present, wanted))
        found = {
            repository: one
            for repository, one in zip(wanted, answers, strict=True)
            if one is not None
        }
        if keep:
            self._shelf.put(since, found)
        return found

    def contents(self, repository: str) -> Contents:
        """What is in a repository: as it was just listed, else asked for.

        Raises NotFoundError where the location answers and has no such repository.
        """
        return self._shelf.take(repository) or self._ask(repository)

    def prove(self) -> None:
        """Raise PermanentError where no Artifact Registry answers: `{}` is an empty list of it.

        So is asked for the images of a repository that nobody can have made, which it refuses.
        """
        try:
            self._api.images(self._site.resource(_NOWHERE), 1, "")
        except (NotFoundError, UnauthorizedError, UnacceptableError):
            return
        raise PermanentError(
            f"{self._site.endpoint or 'the API'} is no Artifact Registry: it lists a repository"
            " that cannot be there; correct the endpoint"
        )

    def _present(self, repository: str) -> Contents | None:
        try:
            return self._ask(repository)
        except NotFoundError:
            return None

    def _ask(self, repository: str) -> Contents:
        resource = self._site.resource(repository)
        fetch = partial(self._api.images, resource, self._page)
        try:
            rows, pages = all_pages(resource, fetch)
        except NotFoundError as error:
            self._confirm_absence(repository, error)
            raise
        return read_contents(resource, rows, pages)

    def _confirm_absence(self, repository: str, error: NotFoundError) -> None:
        """Raise TransientError unless the location answers, and without this repository."""
        try:
            present = {read_repository(self._site.parent, row) for row in self._rows()}
        except PermanentError as unconfirmed:
            raise TransientError(
                f"{error}; nothing is known to be gone, since its location cannot be listed"
                f" ({unconfirmed})"
            ) from None
        if repository in present:
            raise TransientError(
                f"{error}, and {self._site.parent} lists it: nothing is known to be gone"
            )

    def _rows(self) -> list[RepositoryRow]:
        parent = self._site.parent
        return all_pages(parent, partial(self._api.repositories, parent, self._page))[0]
