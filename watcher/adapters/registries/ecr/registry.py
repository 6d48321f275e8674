"""The port over all accounts and regions of one configured registry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from watcher.adapters.distribution import EachByItself, Meter, Shown, doubts_of
from watcher.adapters.distribution.document import shown
from watcher.adapters.http import Connecting, Http
from watcher.adapters.registries.ecr import rights
from watcher.adapters.registries.ecr.account import AccountRegistry
from watcher.adapters.registries.ecr.api import Api
from watcher.adapters.registries.ecr.sdk import Sdk
from watcher.adapters.registries.ecr.sites import Site, Sites
from watcher.adapters.registries.ecr.wire import Wire
from watcher.domain.errors import AttemptError, NotFoundError, PermanentError
from watcher.domain.pattern import Selection
from watcher.domain.reference import is_repository_path
from watcher.ports.registry import (
    Attached,
    Checked,
    ImageConfig,
    Known,
    Listing,
    Manifest,
    PullAccess,
    Sighting,
    Traffic,
)

_CONNECTING: Final = Connecting()
_EVERYTHING: Final = Selection.parse(("**",))
_NAMED: Final = 20  # repositories that an include names, and no list was read for
_PAGE: Final = 1000  # the most that AWS gives at once


class EcrRegistry(EachByItself):
    """A registry of the kind `ecr`; signs `watcher.ports.registry.Registry`.

    `regions` are those of AWS, the first one the home; `roles` are ARNs, each of another account.
    `selection` is over names as `Sites` makes them. Raises UsageError for what cannot work.
    """

    def __init__(
        self,
        name: str,
        regions: Sequence[str],
        roles: Sequence[str] = (),
        selection: Selection = _EVERYTHING,
        *,
        connecting: Connecting = _CONNECTING,
        page: int = _PAGE,
    ) -> None:
        self.name = name
        self.traffic = Traffic()
        self._sites = Sites(name, regions, roles)
        self._selection = selection
        # One for all: pace and concurrency are the configured registry's.
        http = Http(connecting, Meter(self.traffic))
        sdk = Sdk(Wire(http), regions[0], connecting.retrying.attempts)
        self._accounts = {
            site: AccountRegistry(Api(name, site, sdk), http, connecting, min(page, _PAGE))
            for site in self._sites.all
        }

    def repositories(self) -> Iterator[str]:
        """List all repositories the configuration includes; complete or an error.

        An account or region that cannot be listed is an error of the whole: what it holds would
        count as new, or as gone, by whether it happened to answer. Sites of which nothing can be
        included are not asked.
        """
        return iter(sorted(path for paths in self._by_site().values() for path in paths))

    def tags(self, repository: str, known: Known) -> Listing:
        """List the tags of a repository; NotFoundError where AWS says there is no such one."""
        account, name = self._at(repository)
        with self._believing(repository):
            return account.tags(name, known)

    def resolve(self, repository: str, tag: str) -> Sighting:
        """Look at one tag, without pulling; raises NotFoundError where it is gone."""
        account, name = self._at(repository)
        with self._believing(repository):
            return account.resolve(name, tag)

    def manifest(self, repository: str, digest: str) -> Manifest:
        """Fetch what a digest stands for; raises PermanentError where it is no image."""
        account, name = self._at(repository)
        return account.pull(lambda pulling: pulling.manifest(name, digest))

    def image(self, repository: str, digest: str) -> ImageConfig:
        """Fetch one platform's manifest and configuration, both verified by their digests."""
        account, name = self._at(repository)
        return account.pull(lambda pulling: pulling.image(name, digest))

    def attestations(
        self, repository: str, digest: str, beside: Collection[str] = (), *, attached: bool
    ) -> Sequence[Attached]:
        """Fetch what is said of an image or index; complete or an error."""
        account, name = self._at(repository)
        return account.pull(
            lambda pulling: pulling.attestations(name, digest, beside, attached=attached)
        )

    def address(self, repository: str) -> str:
        """The repository as references name it, at its account's own host."""
        account, name = self._at(repository)
        return account.pulling().address(name)

    def pull_access(self, repository: str, digest: str) -> PullAccess:
        """Tell how another program pulls this image now, with a token good for hours."""
        account, name = self._at(repository)
        return account.pulling().access(name, digest)

    def check(self) -> Checked:
        """Say that every site answers and lets us list and pull; raises otherwise."""
        listed: dict[Site, set[str]] = {}
        found = self._by_site(listed)
        for site, paths in found.items():
            sample = min(paths, default=None)
            rights.check(self._accounts[site], sample and self._at(sample)[1])
        every = set().union(*found.values())
        names = ", ".join(f"in {site}" for site in found)
        line = f"ECR answers {names}" if names else "no site of ECR is asked"
        doubts = doubts_of(self.name, self._selection, self._shown(listed, every))
        return Checked(f"{line}; repositories included: {len(every)}", doubts)

    def _shown(self, listed: Mapping[Site, set[str]], included: Collection[str]) -> Shown:
        """All that is there, by the lists that were read, and included names that are not."""
        there = set().union(*listed.values())
        unlisted = sorted(path for path in included if self._at_site(path) not in listed)
        named = [path for path in included if self._at_site(path) in listed and path not in there]
        absent = {path for path in unlisted[:_NAMED] if rights.is_absent(*self._at(path))}
        for site in {self._at_site(path) for path in absent}:
            with suppress(AttemptError):
                there.update(site.prefix + name for name in self._accounts[site].repositories())
        return Shown(there, absent.union(named), "the account has no repository there")

    def _at_site(self, path: str) -> Site:
        return self._placed(path)[0]

    def _by_site(self, listed: dict[Site, set[str]] | None = None) -> dict[Site, set[str]]:
        """The included paths of every site; `listed` takes in all that its list showed."""
        include, exclude = self._selection.include, self._selection.exclude
        found: dict[Site, set[str]] = {
            site: set() for site in self._sites.holding(include, exclude)
        }
        for path in (one.text for one in include if one.literal):
            if self._selection.holds(path):
                found[self._placed(path)[0]].add(path)
        for site in self._sites.holding((one for one in include if not one.literal), exclude):
            names = [site.prefix + name for name in self._accounts[site].repositories()]
            found[site].update(self._held(site, names))
            if listed is not None:
                listed[site] = set(names)
        return found

    def _held(self, site: Site, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if self._selection.holds(name):
                path = self._sites.path(site, name.removeprefix(site.prefix))
                self._placed(path)
                yield path

    @contextmanager
    def _believing(self, path: str) -> Iterator[None]:
        try:
            yield
        except NotFoundError as error:
            if not self._sites.may_be_left_out(path):
                raise
            first = path.partition("/")[0]
            raise PermanentError(
                f"{error}, and {first} is not configured (any more): so nothing is known to be"
                f" gone; exclude {first}/** where it is left out on purpose"
            ) from None

    def _at(self, path: str) -> tuple[AccountRegistry, str]:
        site, name = self._placed(path)
        return self._accounts[site], name

    def _placed(self, path: str) -> tuple[Site, str]:
        site, name = self._sites.at(path)
        if not is_repository_path(name):
            raise PermanentError(
                f"registry {self.name}: {shown(path)} is no repository's path; exclude it"
            )
        return site, name
