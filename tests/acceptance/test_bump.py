"""From a rebuilt base to a closed ticket: a real registry, real Trivy, a folder of tickets."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from watcher.cli.application import run
from watcher.cli.session import Session
from watcher.demo.workshop import (
    PIP,
    DebianPackage,
    Image,
    LanguageAdvisory,
    OsAdvisory,
    Pusher,
    PythonPackage,
    Registry,
    VulnerabilityDetail,
    built_on,
    debian_base,
    dpkg_upgrade,
    python_layer,
    trivy_database,
)
from watcher.demo.workshop.locate import find_tool

pytestmark = pytest.mark.servers

START = datetime(2026, 3, 1, tzinfo=UTC)
FIXED, OLD = "3.0.14-1~deb12u2", "3.0.11-1~deb12u2"
ADVISORIES = (
    OsAdvisory("debian 12", "openssl", "CVE-2026-1", fixed_version=FIXED),
    OsAdvisory("debian 12", "glibc", "CVE-2026-2", status="affected"),
    LanguageAdvisory(PIP, "jinja2", "CVE-2026-3", ("<3.1.4",), ("3.1.4",)),
)


def system(openssl: str) -> list[DebianPackage]:
    libc = DebianPackage("libc6", "2.36-9", source="glibc")
    return [DebianPackage("openssl", openssl), libc, DebianPackage("bash", "5.2.15-2")]


def base(openssl: str, created: float) -> Image:
    return Image([debian_base("12.5", system(openssl))], created=START + timedelta(days=created))


OLD_BASE, NEW_BASE = base(OLD, -50), base(FIXED, 2)


@dataclass(frozen=True, slots=True)
class Shop:
    """A registry with a base and what is built on it, and a watcher beside it."""

    folder: Path
    registry: Registry

    def app(self, on: Image, name: str, created: float, *, told: Image | None = None) -> Image:
        """An image with a flaw of its own; `told` is what its annotations claim as its base."""
        layers = [python_layer([PythonPackage("Jinja2", "3.1.2"), PythonPackage(name, "1.0")])]
        image = built_on(on, layers, created=START + timedelta(days=created))
        if told is None:
            return image
        claims = {
            "org.opencontainers.image.base.name": f"{self.registry.host}/base/python:3.12",
            "org.opencontainers.image.base.digest": told.digest,
        }
        return Image(image.layers, created=image.created, annotations=claims)

    def push(self, repository: str, tag: str, image: Image) -> None:
        with Pusher(self.registry.url) as pusher:
            pusher.push_image(repository, tag, image)

    def sync(self, day: float) -> dict[str, Any]:
        at = f"{START + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}"
        return self.ask("sync", "--at", at)

    def ask(self, *arguments: str) -> dict[str, Any]:
        answer = self.folder / "answer.json"
        session = Session(environment=dict(os.environ), now=lambda: START + timedelta(days=30))
        told = [*arguments, "--format", "json", "-o", str(answer)]
        assert run(["--config", str(self.folder / "watcher.yaml"), *told], session) == 0
        document: dict[str, Any] = json.loads(answer.read_text())
        return document

    def ticket(self, number: int = 1) -> tuple[dict[str, Any], str]:
        _, front, body = (self.folder / f"tickets/{number}.md").read_text().split("---\n", 2)
        return yaml.safe_load(front), body

    def tickets(self) -> int:
        return len(list(self.folder.glob("tickets/*.md")))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Registry(tmp_path / "registry") as registry, Registry(tmp_path / "mirror") as mirror:
        details = [
            VulnerabilityDetail(name, title=name, severity="HIGH", published=START)
            for name in ("CVE-2026-1", "CVE-2026-2", "CVE-2026-3")
        ]
        database = trivy_database(ADVISORIES, details, updated_at=START)
        with Pusher(mirror.url) as pusher:
            pusher.push_artifact("db", "2", database.artifact())
        document = {
            "database": {"url": f"sqlite:///{tmp_path}/watcher.db"},
            "state": str(tmp_path / "state"),
            "trivy": {
                "binary": str(find_tool("trivy")),
                "db": [f"{mirror.host}/db:2"],
                "java_db": [],
            },
            "registries": [
                {"name": "local", "kind": "oci", "url": registry.url, "include": ["shop/**"]}
            ],
            "bases": ["local/base/**"],
            "owners": [{"match": "local/shop/**", "team": "shop", "tracker": "t"}],
            "trackers": [{"name": "t", "kind": "folder", "path": str(tmp_path / "tickets")}],
        }
        (tmp_path / "watcher.yaml").write_text(yaml.safe_dump(document))
        yield Shop(tmp_path, registry)


def test_a_rebuilt_base_becomes_one_ticket_that_evidence_closes(shop: Shop) -> None:
    shop.push("base/python", "3.12", OLD_BASE)
    shop.push("shop/api", "latest", shop.app(OLD_BASE, "one", -20, told=OLD_BASE))
    shop.push("shop/web", "latest", shop.app(OLD_BASE, "two", -20))
    assert shop.sync(1)["counts"]["tickets_created"] == 0
    assert {w["repository"] for w in shop.ask("exposures")["windows"]} == {"shop/api", "shop/web"}

    shop.push("base/python", "3.12", NEW_BASE)
    assert shop.sync(3)["counts"]["tickets_created"] == 1
    front, body = shop.ticket()
    assert front["state"] == "open"
    assert front["key"] == "1:shop:local/base/python:3.12"
    assert "- [ ] `local/shop/api:latest`" in body
    assert "- [ ] `local/shop/web:latest`" in body
    (bump,) = shop.ask("bumps")["bumps"]
    assert [one["vulnerability"] for one in bump["fixes"]] == ["CVE-2026-1"]
    assert [one["vulnerability"] for one in bump["remains"]] == ["CVE-2026-2"]
    assert bump["target"]["digest"] == NEW_BASE.digest
    (planned,) = shop.ask("bumps", "--dry-run")["bumps"]
    assert (planned["intended"], planned["because"], planned["draft"]) == ("nothing", None, None)

    counts = shop.sync(3)["counts"]
    assert (counts["tickets_created"], counts["tickets_updated"], counts["tickets_closed"]) == (
        0,
        0,
        0,
    )

    shop.push("shop/api", "latest", shop.app(NEW_BASE, "one", 4, told=NEW_BASE))
    assert shop.sync(5)["counts"]["tickets_updated"] == 1
    assert "- [x] `local/shop/api:latest`" in shop.ticket()[1]
    assert shop.ticket()[0]["state"] == "open"

    shop.push("shop/web", "latest", shop.app(NEW_BASE, "two", 4))
    assert shop.sync(6)["counts"]["tickets_closed"] == 1
    assert shop.ticket()[0]["state"] == "closed"
    assert shop.sync(7)["counts"]["tickets_created"] == 0
    assert shop.tickets() == 1


def test_an_annotation_against_the_layers_is_not_believed(shop: Shop) -> None:
    shop.push("base/python", "3.12", OLD_BASE)
    shop.push("shop/api", "latest", shop.app(OLD_BASE, "one", -20, told=NEW_BASE))
    shop.sync(1)
    shop.push("base/python", "3.12", NEW_BASE)
    shop.sync(3)
    (bump,) = shop.ask("bumps")["bumps"]
    assert "layers alone" in bump["base"]["evidence"]


def test_a_package_that_an_own_layer_upgraded_is_unproven_and_files_nothing(shop: Shop) -> None:
    upgrade = dpkg_upgrade(system(OLD), [DebianPackage("openssl", "3.0.12-1~deb12u1")])
    image = built_on(OLD_BASE, [upgrade], created=START - timedelta(days=20))
    shop.push("base/python", "3.12", OLD_BASE)
    shop.push("shop/api", "latest", image)
    shop.sync(1)
    shop.push("base/python", "3.12", NEW_BASE)
    assert shop.sync(3)["counts"]["tickets_created"] == 0
    assert shop.ask("bumps")["bumps"] == []
    assert shop.tickets() == 0

    # Beside a stream of which it is proven, the ticket says so, and is not about the first.
    shop.push("shop/web", "latest", shop.app(OLD_BASE, "two", -20))
    assert shop.sync(5)["counts"]["tickets_created"] == 1
    (bump,) = shop.ask("bumps")["bumps"]
    assert [(one["vulnerability"], one["package"]) for one in bump["unproven"]] == [
        ("CVE-2026-1", "openssl")
    ]
    assert [one["stream"] for one in bump["images"]] == ["local/shop/web:latest"]
    assert [(one["vulnerability"], one["streams"]) for one in bump["fixes"]] == [("CVE-2026-1", 1)]
    (doubt,) = bump["unknown"]
    assert doubt["stream"] == "local/shop/api:latest"
    assert "only the rebuild can tell of CVE-2026-1" in doubt["why"]


def test_a_base_that_fixes_nothing_files_nothing(shop: Shop) -> None:
    shop.push("base/python", "3.12", OLD_BASE)
    shop.push("shop/api", "latest", shop.app(OLD_BASE, "one", -20))
    shop.sync(1)
    shop.push("base/python", "3.12", base(OLD, 2))
    assert shop.sync(3)["counts"]["tickets_created"] == 0
    assert shop.tickets() == 0


def test_a_stream_that_leaves_its_base_closes_the_ticket_only_when_nothing_listed_is_left(
    shop: Shop,
) -> None:
    shop.push("base/python", "3.12", OLD_BASE)
    shop.push("shop/api", "latest", shop.app(OLD_BASE, "one", -20))
    shop.sync(1)
    shop.push("base/python", "3.12", NEW_BASE)
    assert shop.sync(3)["counts"]["tickets_created"] == 1
    elsewhere = Image([debian_base("12.5", system(OLD)), python_layer([])], created=START)
    shop.push("shop/api", "latest", elsewhere)
    assert shop.sync(5)["counts"]["tickets_closed"] == 0
    assert shop.ticket()[0]["state"] == "open"
    mended = Image([debian_base("12.6", system(FIXED)), python_layer([])], created=START)
    shop.push("shop/api", "latest", mended)
    assert shop.sync(6)["counts"]["tickets_closed"] == 1
    assert shop.ticket()[0]["state"] == "closed"


def test_a_ticket_whose_tag_is_gone_is_closed_as_retired(shop: Shop) -> None:
    shop.push("base/python", "3.12", OLD_BASE)
    shop.push("shop/api", "latest", shop.app(OLD_BASE, "one", -20))
    shop.push("shop/web", "latest", shop.app(NEW_BASE, "two", -20))
    shop.sync(1)
    shop.push("base/python", "3.12", NEW_BASE)
    assert shop.sync(3)["counts"]["tickets_created"] == 1
    with Pusher(shop.registry.url) as pusher:
        pusher.delete_tag("shop/api", "latest")
    assert shop.sync(5)["counts"]["tickets_closed"] == 1
    assert shop.ticket()[0]["state"] == "closed"


def test_a_ticket_that_a_person_deleted_is_not_filed_again_at_once(shop: Shop) -> None:
    shop.push("base/python", "3.12", OLD_BASE)
    shop.push("shop/api", "latest", shop.app(OLD_BASE, "one", -20))
    shop.sync(1)
    shop.push("base/python", "3.12", NEW_BASE)
    shop.sync(3)
    (shop.folder / "tickets/1.md").unlink()
    for day in (4, 5, 20):
        assert shop.sync(day)["counts"]["tickets_created"] == 0
    assert shop.tickets() == 0
    assert shop.sync(100)["counts"]["tickets_created"] == 1
    assert shop.ticket(2)[0]["key"] == "2:shop:local/base/python:3.12"
