"""CycloneDX VEX: https://cyclonedx.org/docs/1.6/json, `vulnerabilities` with an `analysis`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote

from pydantic import Field

from watcher.adapters.vex.fields import Link, Many, Moment, Name, Part, Text
from watcher.adapters.vex.products import Called, product_of, within
from watcher.domain.vex import Product, Statement, Status
from watcher.ports.purls import check_range

_STATES: Final[Mapping[str, Status]] = {
    "exploitable": "affected",
    "in_triage": "under_investigation",
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "false_positive": "not_affected",
    "not_affected": "not_affected",
}


class _Component(Part):
    ref: Annotated[Link | None, Field(alias="bom-ref")] = None
    purl: Link | None = None
    hashes: Annotated[tuple[dict[str, Any], ...], Field(max_length=20)] = ()

    def product(self, called: Called) -> Product:
        """What it names."""
        return product_of(self.purl or "", called)


class _Party(Part):
    name: Text = ""


class _Metadata(Part):
    timestamp: Moment | None = None
    authors: Annotated[tuple[_Party, ...], Field(max_length=100)] = ()
    supplier: _Party = _Party()
    manufacturer: _Party = _Party()
    component: _Component | None = None


class _Version(Part):
    version: Link | None = None
    range: Link | None = None
    status: Literal["affected", "unaffected", "unknown"] = "affected"


class _Affects(Part):
    ref: Link
    versions: Annotated[tuple[_Version, ...], Many]


class _Analysis(Part):
    state: Literal[
        "exploitable",
        "in_triage",
        "resolved",
        "resolved_with_pedigree",
        "false_positive",
        "not_affected",
    ]
    justification: Text = ""
    detail: Text = ""
    first_issued: Annotated[Moment | None, Field(alias="firstIssued")] = None
    last_updated: Annotated[Moment | None, Field(alias="lastUpdated")] = None


class _Reference(Part):
    id: Name


class _Vulnerability(Part):
    id: Name
    references: Annotated[tuple[_Reference, ...], Field(max_length=100)] = ()
    updated: Moment | None = None
    analysis: _Analysis | None = None
    affects: Annotated[tuple[_Affects, ...], Many]


class CycloneDx(Part):
    """A document: a VEX of its own, or one inside an SBOM."""

    metadata: _Metadata = _Metadata()
    components: Annotated[tuple[_Component, ...], Field(max_length=100_000)] = ()
    vulnerabilities: Annotated[tuple[_Vulnerability, ...], Field(max_length=50_000)] = ()

    def stated(self, called: Called) -> Iterator[Statement]:
        """What it states of vulnerabilities that somebody analysed."""
        known = {one.ref: one for one in self.components if one.ref}
        authors = (*self.metadata.authors, self.metadata.supplier, self.metadata.manufacturer)
        author = next((one.name for one in authors if one.name), "")
        for one in self.vulnerabilities:
            if one.analysis is None:
                continue
            analysis = one.analysis
            stated = Statement(
                author=author,
                names=(one.id, *(each.id for each in one.references)),
                products=(),
                status=_STATES[analysis.state],
                justification=analysis.justification or analysis.detail,
                stated_at=analysis.last_updated
                or analysis.first_issued
                or one.updated
                or self.metadata.timestamp,
            )
            for status, products in self._products(one, known, called, stated.status).items():
                yield replace(stated, status=status, products=tuple(products))

    def _products(
        self,
        one: _Vulnerability,
        known: Mapping[str, _Component],
        called: Called,
        status: Status,
    ) -> dict[Status, list[Product]]:
        """Products by what is said of them; versions named apart may have a word of their own."""
        found: dict[Status, list[Product]] = {}
        for affected in one.affects:
            product = self._product(affected.ref, known, called)
            for version in affected.versions or (_Version(),):
                of: dict[str, Status] = {
                    "affected": status,
                    "unaffected": "not_affected",
                    "unknown": "under_investigation",
                }
                found.setdefault(of[version.status], []).append(_narrowed(product, version))
        return found

    def _product(self, ref: str, known: Mapping[str, _Component], called: Called) -> Product:
        """What a reference is to: a component, the whole, or a BOM-Link whose end is a purl."""
        end = unquote(ref.partition("#")[2]) if ref.startswith("urn:cdx:") else ref
        whole = self.metadata.component
        if whole is not None and whole.ref is not None and end == whole.ref:
            return whole.product(called)
        component = known.get(end)
        product = component.product(called) if component else _linked(end, called)
        if whole is None or product.package is None:
            return product
        image = whole.product(called)
        # A document about an application, or about none that is named, speaks of the package.
        return within(image, [product])[0] if image.package is None and whole.purl else product


def is_cyclonedx(read: dict[str, Any]) -> bool:
    """Whether a document says that it is CycloneDX."""
    return read.get("bomFormat") == "CycloneDX"


def _linked(end: str, called: Called) -> Product:
    return product_of(end, called) if end.startswith("pkg:") else Product()


def _narrowed(product: Product, version: _Version) -> Product:
    """The product in a version or a range of them."""
    if product.package is None or (version.version is None and version.range is None):
        return product
    scope = check_range(version.range) if version.range is not None else None
    return replace(product, package=replace(product.package, version=version.version, range=scope))
