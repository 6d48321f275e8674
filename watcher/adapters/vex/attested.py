"""VEX that is attached to images: a document counts for the image that it is attached to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from watcher.adapters.vex.documents import parse_document
from watcher.adapters.vex.products import Called
from watcher.domain.errors import PermanentError
from watcher.domain.vex import Product, Statement
from watcher.ports.store.attestations import AttestedDocument
from watcher.ports.vex import Unread, VexDocument


class Documents(Protocol):
    """What holds the documents that are attached in a registry."""

    def documents(self, registry: str) -> list[AttestedDocument]:
        """The documents of VEX that are attached in a registry now."""


@dataclass(frozen=True, slots=True)
class AttestedFeed:
    """The documents attached to images of one registry; signs `VexFeed`."""

    registry: str
    store: Documents
    called: Called

    @property
    def source(self) -> str:
        """What names it."""
        return f"attestations of {self.registry}"

    def read(self) -> list[VexDocument | Unread]:
        """Every document, as it was attached when somebody last looked."""
        return [self._one(one) for one in self.store.documents(self.registry)]

    def _one(self, one: AttestedDocument) -> VexDocument | Unread:
        signed = "signature not verified" if one.signed else "not signed"
        location = f"{one.repository}@{one.subject}, attestation {one.sha256[:12]}, {signed}"
        try:
            read = parse_document(location, json.dumps(one.content).encode(), self.called)
        except PermanentError as error:
            return Unread(location, str(error), retry=False)
        statements = tuple(_confined(each, one) for each in read.statements)
        return VexDocument(location, one.sha256, statements)


def _confined(stated: Statement, document: AttestedDocument) -> Statement:
    """A statement about the image alone that it is attached to, and packages in that."""
    return replace(stated, products=tuple(_products(stated, document)))


def _products(stated: Statement, document: AttestedDocument) -> Iterator[Product]:
    repository, here = str(document.repository), document.subject
    for product in stated.products:
        elsewhere = product.digest not in {None, here} or product.repository not in {
            None,
            repository,
        }
        if elsewhere or product.about_nothing:
            yield Product()
        else:
            yield Product(repository, here, None, product.package)
