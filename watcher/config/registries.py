"""Registries: what all kinds have in common, and what each kind needs."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from watcher.config.proxy import Proxy
from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import (
    Certificates,
    Count,
    HostAddress,
    Name,
    PathPattern,
    Rate,
    Text,
    address_parts,
)
from watcher.domain.pattern import Pattern

_EVERYTHING: Final = (Pattern("**"),)
_PROJECT: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
)
_SHORTEST_SECRET: Final = 16
_IN_AN_ADDRESS: Final = re.compile(r"[A-Za-z0-9_-]+")
_ACCOUNT: Final = re.compile(r"[a-z0-9.-]+@[a-z0-9.-]+\.[a-z]+")
_LOCATION: Final = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")


class RegistrySettings(Section):
    """What every kind of registry may be told; `rate` is in requests per second."""

    name: Name
    include: tuple[PathPattern, ...] = _EVERYTHING
    exclude: tuple[PathPattern, ...] = ()
    tls_ca: Certificates | None = None
    proxy: Proxy | None = None
    rate: Rate | None = None
    concurrency: Annotated[Count, Field(le=256)] = 8
    webhook_secret: Secret | None = None
    attestations: bool = False

    @field_validator("webhook_secret")
    @classmethod
    def _secret_is_long(cls, secret: Secret | None) -> Secret | None:
        if secret is not None and len(secret.reveal()) < _SHORTEST_SECRET:
            raise ValueError(
                f"is shorter than {_SHORTEST_SECRET} characters: make one, such as by"
                " openssl rand -hex 32"
            )
        return secret


class _Login(Section):
    """A user and password, of which one alone is a mistake."""

    username: Text | None = None
    password: Secret | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.username is None) != (self.password is None):
            missing, given = ("username", "password") if self.password else ("password", "username")
            raise ValueError(f"has a {given} but no {missing}: give both, or none")
        return self


class OciSettings(_Login, RegistrySettings):
    """Any registry of the OCI Distribution protocol."""

    kind: Literal["oci"]
    url: HostAddress


class DockerHubSettings(_Login, RegistrySettings):
    """Docker Hub."""

    kind: Literal["docker-hub"]
    namespaces: Annotated[tuple[Text, ...], Field(min_length=1)]
    url: HostAddress = "https://registry-1.docker.io"
    api_url: HostAddress = "https://hub.docker.com"

    @field_validator("webhook_secret")
    @classmethod
    def _secret_ends_an_address(cls, secret: Secret | None) -> Secret | None:
        if secret is not None and not _IN_AN_ADDRESS.fullmatch(secret.reveal()):
            raise ValueError(
                "stands in an address, so it must be of letters, digits, - and _: make one, such"
                " as by openssl rand -hex 32"
            )
        return secret


class HarborSettings(_Login, RegistrySettings):
    """Harbor, through its own API."""

    kind: Literal["harbor"]
    url: HostAddress


class EcrSettings(RegistrySettings):
    """Amazon ECR; credentials come from the AWS chain, `roles` are assumed."""

    kind: Literal["ecr"]
    regions: Annotated[tuple[Text, ...], Field(min_length=1)]
    roles: tuple[Text, ...] = ()


class ArtifactRegistrySettings(RegistrySettings):
    """Google Artifact Registry; credentials are the application's default ones.

    `endpoint` is where the API is, `images` where images are pulled from, instead of Google's own.
    """

    kind: Literal["artifact-registry"]
    project: Text
    location: Text
    endpoint: HostAddress | None = None
    images: HostAddress | None = None
    anonymous: bool = False
    transport: Literal["rest", "grpc"] = "rest"
    webhook_audience: Text | None = None
    webhook_account: Text | None = None

    @field_validator("webhook_audience")
    @classmethod
    def _audience_is_an_address(cls, audience: str | None) -> str | None:
        if audience is not None:
            address_parts(audience)
        return audience

    @field_validator("webhook_account")
    @classmethod
    def _account_is_one(cls, account: str | None) -> str | None:
        if account is not None and not _ACCOUNT.fullmatch(account):
            raise ValueError(
                "must be a service account's address, such as push@acme.iam.gserviceaccount.com"
            )
        return account

    @field_validator("project")
    @classmethod
    def _project_is_an_id(cls, project: str) -> str:
        if not _PROJECT.fullmatch(project):
            raise ValueError("must be a project's ID, such as acme or example.com:acme")
        return project

    @field_validator("location")
    @classmethod
    def _location_is_one(cls, location: str) -> str:
        if not _LOCATION.fullmatch(location):
            raise ValueError("must be one location, such as europe or europe-west4")
        return location

    @model_validator(mode="after")
    def _no_token_in_the_open(self) -> Self:
        plain = [one for one in (self.endpoint, self.images) if one and one.startswith("http:")]
        if plain and not self.anonymous:
            raise ValueError(f"{plain[0]} is plain HTTP: set anonymous, or give it as https")
        return self

    @model_validator(mode="after")
    def _tokens_instead_of_a_secret(self) -> Self:
        if self.webhook_secret is not None:
            raise ValueError(
                "webhook_secret: Pub/Sub sends signed tokens and no secret: "
                "give webhook_audience and webhook_account instead"
            )
        if (self.webhook_audience is None) != (self.webhook_account is None):
            raise ValueError("give webhook_audience and webhook_account together, or neither")
        return self


EveryKind = (
    OciSettings | DockerHubSettings | HarborSettings | EcrSettings | ArtifactRegistrySettings
)
AnyRegistry = Annotated[EveryKind, Field(discriminator="kind")]
