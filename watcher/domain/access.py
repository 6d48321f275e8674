"""Who may see what: roles, and the teams that a viewer is limited to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each may what those above it may, but for `metrics`.

    `metrics` reads `/metrics` and nothing else, `viewer` reads, `operator` asks for passes, `admin`
    sees and revokes the tokens of others.
    """

    METRICS = "metrics"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def reaches(self, least: Role) -> bool:
        """Whether this role may what another one may."""
        if Role.METRICS in {self, least}:
            return self is least
        return _WIDTH[self] >= _WIDTH[least]


_WIDTH = {role: width for width, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, and the teams whose streams are seen; None for every stream."""

    role: Role
    teams: frozenset[str] | None = None


def granted(
    values: Collection[str], roles: Mapping[Role, Collection[str]], teams: Iterable[str] | None
) -> Grant | None:
    """What the values of a claim grant: the widest role they give; None where they give none.

    `teams` are those that another claim names, None where nobody is limited to any. Only viewers
    are.
    """
    given = [role for role, names in roles.items() if not set(values).isdisjoint(names)]
    if not given:
        return None
    role = max(given, key=_WIDTH.__getitem__)
    limited = role is Role.VIEWER and teams is not None
    return Grant(role, frozenset(teams or ()) if limited else None)
