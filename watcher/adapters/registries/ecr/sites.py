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
        self.all = tuple(_sites(name, regions, roles))
        names = [site.prefix for site in self.all]
        twice = sorted({one for one in names if names.count(one) > 1})
        if twice:
            raise UsageError(
                f"registry {name}: {twice[0].rstrip('/')} is named twice; a region, or an"
                " account by its role, is listed once"
            )

    def at(self, path: str) -> tuple[Site, str]:
        """Give the site of a repository, and its name there."""
        for site in self.all[1:]:
            if path.startswith(site.prefix):
                return site, path.removeprefix(site.prefix)
        return self.all[0], path

    def path(self, site: Site, name: str) -> str:
        """Give a repository's name here; raises PermanentError where it is another site's."""
        path = site.prefix + name
        other, _ = self.at(path)
        if other is not site:
            raise PermanentError(
                f"{site}: the repository {name} is called like one of {other}; exclude it, or give"
                f" {other} a registry of its own in the configuration"
            )
        return path

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
        return not any(head.startswith(other.prefix) for other in self.all[1:])


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
