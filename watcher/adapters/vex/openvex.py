"""OpenVEX, https://github.com/openvex/spec: the versions 0.2.0 and 0.0.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from watcher.adapters.vex.fields import Link, Many, Moment, Name, Part, Text
from watcher.adapters.vex.products import Called, product_of, within
from watcher.domain.vex import Product, Statement


def _named(given: object) -> object:
    """Version 0.0.1 wrote the name alone."""
    return {"name": given} if isinstance(given, str) else given


def _identified(given: object) -> object:
    return {"@id": given} if isinstance(given, str) else given


class _Identifiers(Part):
    purl: Link | None = None


class _Component(Part):
    id: Annotated[Link | None, Field(alias="@id")] = None
    identifiers: _Identifiers = _Identifiers()
    hashes: dict[str, Link] = Field(default={}, max_length=20)

    def product(self, called: Called) -> Product:
        """What it names, by the surest of its identifiers."""
        digest = self.hashes.get("sha-256")
        found = product_of(self.identifiers.purl or self.id or "", called)
        if digest is None or found.package is not None:
            return found
        return Product(found.repository, f"sha256:{digest.removeprefix('sha256:').lower()}")


_AnyComponent = Annotated[_Component, BeforeValidator(_identified)]


class _Whole(_Component):
    subcomponents: Annotated[tuple[_AnyComponent, ...], Many]


class _Vulnerability(Part):
    name: Name
    aliases: Annotated[tuple[Name, ...], Field(max_length=100)] = ()


class _Statement(Part):
    vulnerability: Annotated[_Vulnerability, BeforeValidator(_named)]
    products: Annotated[tuple[Annotated[_Whole, BeforeValidator(_identified)], ...], Many]
    subcomponents: Annotated[tuple[_AnyComponent, ...], Many]  # of version 0.0.1
    status: Literal["not_affected", "affected", "fixed", "under_investigation"]
    justification: Text = ""
    impact_statement: Text = ""
    timestamp: Moment | None = None
    last_updated: Moment | None = None

    @model_validator(mode="after")
    def _explained(self) -> _Statement:
        if self.status == "not_affected" and not (self.justification or self.impact_statement):
            raise ValueError("not_affected needs a justification or an impact_statement")
        return self


class OpenVex(Part):
    """A document."""

    author: Text
    timestamp: Moment
    last_updated: Moment | None = None
    statements: Annotated[tuple[_Statement, ...], Field(max_length=50_000)]

    def stated(self, called: Called) -> Iterator[Statement]:
        """What it states; a statement without a time of its own has the document's."""
        document = self.last_updated or self.timestamp
        for one in self.statements:
            yield Statement(
                author=self.author,
                names=(one.vulnerability.name, *one.vulnerability.aliases),
                products=tuple(_products(one, called)),
                status=one.status,
                justification=one.justification or one.impact_statement,
                stated_at=one.last_updated or one.timestamp or document,
            )


def is_openvex(read: dict[str, Any]) -> bool:
    """Whether a document says that it is OpenVEX."""
    context = read.get("@context")
    return isinstance(context, str) and context.startswith("https://openvex.dev/ns")


def _products(one: _Statement, called: Called) -> Iterator[Product]:
    for whole in one.products:
        parts = [part.product(called) for part in (*whole.subcomponents, *one.subcomponents)]
        yield from within(whole.product(called), parts)
