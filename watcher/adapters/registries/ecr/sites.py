"""Accounts and regions: where repositories are, and how they are called here.

AWS gives every account a registry of its own in every region. The first region of the account that
we are in lists its repositories by their plain names; every other one puts its own name before
them. So nothing is renamed when a region or a role is added at the end of its list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from watcher.domain.errors import PermanentError, UsageError
from watcher.domain.pattern import Pattern

_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]{1,12}){1,4}-[0-9]{1,2}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_ROLE = re.compile(r"arn:aws[a-z-]{0,16}:iam::([0-9]{12}):role/[\w+=,.@/-]{1,512}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Site:
    """The registry of one account in one region; without a role, of the account we are in.

    `prefix` is what its repositories' names begin with here.
    """

    region: str
    role: str | None
    prefix: str

    def __str__(self) -> str:
        return f"{self.region} as {self.role}" if self.role else self.region


class Sites:
    """All sites of one configured registry, `name`; raises UsageError for what names none."""

    def __init__(self, name: str, regions: Sequence[str], roles: Sequence[str]) -> None:
        self._name = name
        self.all = tuple(_sites(name, regions, roles))
        self._taken = {site.prefix.partition("/")[0] for site in self.all[1:]}
        names = [site.prefix or f"{site.region}/" for site in self.all]
        twice = sorted({one for one in names if names.count(one) > 1})
        if twice:
            raise UsageError(
                f"registry {name}: {twice[0].rstrip('/')} is named twice; a region, or an"
                " account by its role, is listed once"
            )

    def at(self, path: str) -> tuple[Site, str]:
        """Give the site of a repository, and its name there; raises PermanentError for none."""
        for site in self.all[1:]:
            if path.startswith(site.prefix):
                return site, path.removeprefix(site.prefix)
        if self._is_taken(path):
            raise PermanentError(
                f"registry {self._name}: {path} names an account, and none of its regions here;"
                f" write it as {self.all[-1].prefix}…"
            )
        return self.all[0], path

    def path(self, site: Site, name: str) -> str:
        """Give a repository's name here; raises PermanentError where it is another site's."""
        if not site.prefix and self._is_taken(name):
            raise PermanentError(
                f"registry {self._name}: {site} has a repository {name}, called like those of"
                f" {name.partition('/')[0]}; exclude it, or give that one a registry of its own"
                " in the configuration"
            )
        return site.prefix + name

    def may_be_left_out(self, path: str) -> bool:
        """Tell whether a name is the home's, and may be that of a place no longer configured.

        The home not having it would be no evidence that it is gone.
        """
        first = path.partition("/")[0]
        named = _REGION.fullmatch(first) or _ACCOUNT.fullmatch(first)
        return named is not None and first not in self._taken

    def holding(self, include: Iterable[Pattern], exclude: Iterable[Pattern]) -> list[Site]:
        """Give the sites that hold anything selected, as far as the patterns' beginnings tell.

        One that does not is never asked: whoever only includes an account needs no rights in
        others.
        """
        wanted, shut = tuple(include), {pattern.text for pattern in exclude}
        return [
            site
            for site in self.all
            if not {"**", f"{site.prefix}**"} & shut
            and any(self._may_hold(site, pattern) for pattern in wanted)
        ]

    def _may_hold(self, site: Site, pattern: Pattern) -> bool:
        head = re.split(r"[*?]", pattern.text, maxsplit=1)[0]
        if site.prefix:
            return head.startswith(site.prefix) or site.prefix.startswith(head)
        return not self._is_taken(head)

    def _is_taken(self, path: str) -> bool:
        """Tell whether a name of the home begins like those of a region or account beside it."""
        first, slash, _ = path.partition("/")
        return bool(slash) and first in self._taken


def _sites(name: str, regions: Sequence[str], roles: Sequence[str]) -> Iterator[Site]:
    for region in regions:
        if not _REGION.fullmatch(region):
            raise UsageError(f"registry {name}: {region!r} is no region of AWS, such as eu-west-1")
    if not regions:
        raise UsageError(f"registry {name}: it has no regions; name one, such as eu-west-1")
    yield Site(regions[0], None, "")
    for region in regions[1:]:
        yield Site(region, None, f"{region}/")
    for role in roles:
        found = _ROLE.fullmatch(role)
        if found is None:
            raise UsageError(
                f"registry {name}: {role!r} is no role, such as"
                " arn:aws:iam::123456789012:role/watcher"
            )
        for region in regions:
            yield Site(region, role, f"{found[1]}/{region}/")
