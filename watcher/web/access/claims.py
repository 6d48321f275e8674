"""What a provider says of somebody, as names, roles and teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from watcher.config.web import Oidc
from watcher.domain.access import Grant, granted

_LONGEST: Final = 200  # characters of a name, a role or a team
_MOST: Final = 1000  # values of a claim


def grant_of(claims: Mapping[str, object], told: Oidc) -> Grant | None:
    """What claims grant; None where they name no role."""
    teams = values_of(claims, told.teams_claim) if told.teams_claim else None
    return granted(values_of(claims, told.roles_claim), told.roles.by_role(), teams)


def name_of(claims: Mapping[str, object]) -> str:
    """What to call somebody: as people do, else as the provider does."""
    for claim in ("email", "preferred_username", "name", "sub"):
        told = claims.get(claim)
        if isinstance(told, str) and told.strip():
            return told.strip()[:_LONGEST]
    return "somebody"


def values_of(claims: Mapping[str, object], name: str) -> list[str]:
    """The values of a claim, by its whole name or by its path; a text is one value."""
    told = claims[name] if name in claims else _inside(claims, name)
    listed = told if isinstance(told, list) else [told]
    return [one for one in listed[:_MOST] if isinstance(one, str) and 0 < len(one) <= _LONGEST]


def _inside(claims: Mapping[str, object], path: str) -> object:
    found: object = claims
    for step in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found
