"""What claims grant: exactly what they name, and nothing that only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from watcher.config.secret import Secret
from watcher.config.web import Oidc, Roles
from watcher.domain.access import Grant, Role
from watcher.web.access.claims import grant_of, name_of, values_of


def told(**other: Any) -> Oidc:  # noqa: ANN401 - whatever a key holds
    base = {"issuer": "https://id.example", "client_id": "w", "client_secret": Secret("s")}
    return Oidc.model_validate({**base, **other})


@pytest.mark.parametrize(
    ("roles", "granted"),
    [
        (["viewer"], Role.VIEWER),
        (["viewer", "admin", "operator"], Role.ADMIN),
        ("operator", Role.OPERATOR),
        (["Admin"], None),
        ("not admin", None),
        (["metrics"], None),
        ({"admin": True}, None),
        ([["admin"], None, 7], None),
        ([], None),
        (None, None),
    ],
)
def test_a_role_is_what_the_claim_names(roles: object, granted: Role | None) -> None:
    grant = grant_of({"roles": roles}, told())
    assert (grant.role if grant else None) is granted


def test_without_the_claim_nobody_has_a_role() -> None:
    assert grant_of({"admin": "admin", "role": "admin"}, told()) is None


def test_values_of_an_organisation_give_the_roles_that_are_configured() -> None:
    mapped = told(roles=Roles(viewer=("staff",), operator=(), admin=("sec-admins",)))
    assert grant_of({"roles": ["staff"]}, mapped) == Grant(Role.VIEWER)
    assert grant_of({"roles": ["staff", "sec-admins"]}, mapped) == Grant(Role.ADMIN)
    assert grant_of({"roles": ["admin"]}, mapped) is None


def test_only_viewers_are_limited_to_teams_and_to_none_where_the_claim_is_missing() -> None:
    limited = told(teams_claim="teams")
    claims = {"roles": ["viewer"], "teams": ["shop", "pay"]}
    assert grant_of(claims, limited) == Grant(Role.VIEWER, frozenset({"shop", "pay"}))
    assert grant_of({"roles": ["viewer"]}, limited) == Grant(Role.VIEWER, frozenset())
    assert grant_of({"roles": ["admin"], "teams": ["shop"]}, limited) == Grant(Role.ADMIN)
    assert grant_of(claims, told()) == Grant(Role.VIEWER)


def test_a_claim_is_found_by_its_name_and_else_by_its_path() -> None:
    claims = {"realm_access": {"roles": ["a"]}, "https://x/roles": ["b"], "a.b": "c", "a": {"b": 1}}
    assert values_of(claims, "realm_access.roles") == ["a"]
    assert values_of(claims, "https://x/roles") == ["b"]
    assert values_of(claims, "a.b") == ["c"]
    assert values_of(claims, "realm_access.roles.deeper") == []


def test_somebody_is_called_as_people_do() -> None:
    assert name_of({"sub": "1", "email": "ann@x"}) == "ann@x"
    assert name_of({"sub": "1", "email": 7, "name": " "}) == "1"
    assert len(name_of({"sub": "x" * 9999})) == 200
    assert name_of({}) == "somebody"
