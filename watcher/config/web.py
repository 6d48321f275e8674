"""The web: where it listens, who may sign in and how."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from watcher.config.moments import Duration
from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import Certificates, HostAddress, HostPort, ServiceAddress, Text
from watcher.domain.access import Role


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise ValueError(f"{text!r} is no address or network, such as 10.0.0.0/8") from None


def _session(span: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= span <= timedelta(days=7):
        raise ValueError("must lie between 1m and 7d: what a claim grants is read at sign-in alone")
    return span


Words = Annotated[tuple[Text, ...], Field(max_length=100)]


class Roles(Section):
    """Which values of the claim give which role; who has several gets the widest."""

    viewer: Words = ("viewer",)
    operator: Words = ("operator",)
    admin: Words = ("admin",)

    def by_role(self) -> dict[Role, frozenset[str]]:
        """The values by role."""
        return {
            Role.VIEWER: frozenset(self.viewer),
            Role.OPERATOR: frozenset(self.operator),
            Role.ADMIN: frozenset(self.admin),
        }


class Oidc(Section):
    """Sign-in by OpenID Connect; the claims name a user's roles, and a viewer's teams.

    A claim inside of others is named by its path (`realm_access.roles`). Without `teams_claim`
    viewers see every team.
    """

    issuer: ServiceAddress
    client_id: Text
    client_secret: Secret
    roles_claim: Text = "roles"
    roles: Roles = Roles()
    teams_claim: Text | None = None
    scopes: Words = ("openid", "profile", "email")
    tls_ca: Certificates | None = None


class Auth(Section):
    """How users of the web sign in, and for how long."""

    oidc: Oidc
    session: Annotated[Duration, AfterValidator(_session)] = timedelta(hours=8)


class Smtp(Section):
    """The mail server that digests go through; `security: none` only where nobody listens."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Text
    username: Text | None = None
    password: Secret | None = None


class Web(Section):
    """The web: where it listens, how people reach it from elsewhere, and who signs in how.

    `url` is the address that browsers show, `proxies` those whose word is taken for who asks.
    """

    listen: HostPort = "127.0.0.1:8080"
    url: HostAddress | None = None
    proxies: tuple[Annotated[Text, AfterValidator(_network)], ...] = ()
    auth: Auth | None = None
    smtp: Smtp | None = None
