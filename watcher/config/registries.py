"""Registries: what all kinds have in common, and what each kind needs."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import (
    Count,
    ExistingFile,
    HostAddress,
    Name,
    PathPattern,
    Rate,
    Text,
    address_parts,
)
from watcher.domain.pattern import Pattern

# The kinds with an adapter; a new module in adapters/registries adds its kind here.
ADAPTED: Final = ("oci", "docker-hub")
_EVERYTHING: Final = (Pattern("**"),)


class RegistrySettings(Section):
    """What every kind of registry may be told; `rate` is in requests per second."""

    name: Name
    include: tuple[PathPattern, ...] = _EVERYTHING
    exclude: tuple[PathPattern, ...] = ()
    tls_ca: ExistingFile | None = None
    proxy: Secret | None = None
    rate: Rate | None = None
    concurrency: Annotated[Count, Field(le=256)] = 8
    webhook_secret: Secret | None = None

    @field_validator("proxy")
    @classmethod
    def _proxy_is_an_address(cls, proxy: Secret | None) -> Secret | None:
        if proxy is not None:
            scheme, _, place = proxy.reveal().partition("://")
            _, path, query = address_parts(f"{scheme}://{place.rpartition('@')[2]}")
            if path or query:
                raise ValueError("must end after the host and port")
        return proxy


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
    """Google Artifact Registry; credentials are the application's default ones."""

    kind: Literal["artifact-registry"]
    project: Text
    location: Text


def _adapted(registry: EveryKind) -> EveryKind:
    if registry.kind not in ADAPTED:
        raise ValueError(
            f"this version has no adapter for kind {registry.kind} yet; it has: "
            f"{', '.join(ADAPTED)}; remove the registry, or reach it as one of those"
        )
    return registry


EveryKind = (
    OciSettings | DockerHubSettings | HarborSettings | EcrSettings | ArtifactRegistrySettings
)
AnyRegistry = Annotated[EveryKind, Field(discriminator="kind"), AfterValidator(_adapted)]
