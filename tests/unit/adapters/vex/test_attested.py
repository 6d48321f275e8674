"""VEX attached to images: a document counts for the image that it is attached to, and no other."""

from __future__ import annotations

from typing import Any

from watcher.adapters.vex import AttestedFeed, Called
from watcher.domain.reference import Repository
from watcher.domain.vex import Product
from watcher.ports.store.attestations import AttestedDocument
from watcher.ports.vex import Unread, VexDocument

HERE, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
API = Repository("local", "shop/api")


def document(*products: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 JSON
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "author": "acme",
        "timestamp": "2026-01-01T00:00:00Z",
        "statements": [
            {
                "vulnerability": {"name": "CVE-2026-1"},
                "products": list(products),
                "status": "not_affected",
                "justification": "component_not_present",
            }
        ],
        **more,
    }


class Held:
    def __init__(self, content: dict[str, Any], *, signed: bool = True) -> None:
        self._one = AttestedDocument(API, HERE, "f" * 64, signed, content)

    def documents(self, registry: str) -> list[AttestedDocument]:
        return [self._one] if registry == "local" else []


def read(content: dict[str, Any], *, signed: bool = True) -> VexDocument | Unread:
    called = Called({"registry.example/": "local"})
    feed = AttestedFeed("local", Held(content, signed=signed), called)
    assert feed.source == "attestations of local"
    (found,) = feed.read()
    return found


def products(*told: dict[str, Any]) -> tuple[Product, ...]:
    found = read(document(*told))
    assert isinstance(found, VexDocument)
    (statement,) = found.statements
    return statement.products


def test_where_it_was_found_is_said_and_that_nobody_verified_it() -> None:
    plain, signed = read(document(), signed=False), read(document())
    place = f"local/shop/api@{HERE}, attestation {'f' * 12}"
    assert plain.location == f"{place}, not signed"
    assert signed.location == f"{place}, signature not verified"
    assert AttestedFeed("other", Held(document()), Called({})).read() == []


def test_the_image_itself_and_packages_are_meant_in_that_image() -> None:
    (itself,) = products({"@id": f"registry.example/shop/api@{HERE}"})
    assert itself == Product("local/shop/api", HERE)
    (package,) = products({"@id": "pkg:deb/debian/openssl@3.0"})
    assert (package.repository, package.digest) == ("local/shop/api", HERE)
    assert package.package is not None
    (tagged,) = products({"@id": "registry.example/shop/api:latest"})
    assert tagged == Product("local/shop/api", HERE)


def test_what_is_said_of_other_images_is_about_nothing() -> None:
    for told in (f"registry.example/shop/web@{HERE}", f"registry.example/shop/api@{OTHER}"):
        assert products({"@id": told}) == (Product(),)
    assert products({"@id": "what is this?"}) == (Product(),)


def test_a_document_that_is_none_is_named_and_ends_nothing() -> None:
    found = read({"statements": []})
    assert isinstance(found, Unread)
    assert found.error == "is neither OpenVEX nor CycloneDX: nothing of it counts"
