"""What of all that is attached to images means something: provenance, and documents of VEX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from watcher.domain.lineage import PREDICATES, Provenance, read_provenance
from watcher.ports.registry import Attached
from watcher.ports.store.attestations import Attested

# https://openvex.dev/ns/v0.2.0, and what cosign calls CycloneDX; `…/bom` may hold an analysis too.
_VEX: Final = ("https://openvex.dev/ns", "https://cyclonedx.org/vex", "https://cyclonedx.org/bom")


def attested(found: Sequence[Attached]) -> Iterator[Attested]:
    """Provenance and documents of VEX; an SBOM without an analysis states nothing."""
    yield from provenances(found)
    for one in found:
        if one.predicate_type.startswith(_VEX) and _states(one.predicate):
            yield _kept(one, one.predicate)


def provenances(found: Sequence[Attached]) -> Iterator[Attested]:
    """Provenance alone: what builders say of the images that they used."""
    for one in found:
        if one.predicate_type in PREDICATES:
            yield _kept(one, read_provenance(one.predicate))


def _states(document: Mapping[str, object]) -> bool:
    return "statements" in document or "vulnerabilities" in document


def _kept(one: Attached, content: Provenance | Mapping[str, object]) -> Attested:
    return Attested(one.subject, one.sha256, one.signed, one.place, content)
