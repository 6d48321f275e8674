"""The small fleet: one stream of every kind that a page has to show."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import MIDNIGHT, Fleet, day
from watcher.demo.workshop import Image, Index, layer
from watcher.domain.errors import TransientError
from watcher.domain.package import Package

CONFIGURATION = """\
database: {{url: "sqlite:///{database}"}}
state: "{folder}"
stale_after: 30d
registries: [{{name: local, kind: oci, url: "http://127.0.0.1:9", include: ["**"]}}]
owners:
  - {{match: "local/shop/**", team: shop, tracker: tickets}}
  - {{match: "local/data/**", team: "data & more"}}
trackers: [{{name: tickets, kind: folder, path: "{folder}/tickets"}}]
"""

OLD, NEW = fake_package("openssl", "1"), fake_package("openssl", "2")
ZLIB, CURL = fake_package("zlib"), fake_package("curl")
JINJA = fake_package("jinja2", "3", context="python-pkg")
ALPINE_SSL = fake_package("openssl", "1", context="alpine 3.19")

LINE = "local/shop/front/api#2-slim"
TAG = "local/shop/web:latest"
PLATFORMS = "local/data/etl:latest"
GONE = "local/shop/old:latest"
UNCOVERED = "local/pay/gate:latest"


def small_fleet(fleet: Fleet) -> None:
    """Eleven days of it."""
    fleet.push("shop/front/api", "2.0.0-slim", [OLD, ZLIB])
    fleet.push("shop/web", "latest", [OLD, JINJA])
    fleet.push("shop/old", "latest", [CURL])
    _push_both(fleet, [OLD, CURL])
    fleet.scanner.failures[fleet.push("pay/gate", "latest", [OLD, CURL])] = TransientError(
        "it timed out"
    )
    known = [
        Known("openssl", "CVE-2026-1", "2", "CRITICAL", versions=("1",), title="openssl: a <flaw>"),
        Known("jinja2", "CVE-2026-2", severity="MEDIUM", title="a sandbox leaks"),
        Known("zlib", "CVE-2026-3", "9", "LOW"),
    ]
    fleet.learn(day(0), known)
    fleet.sync(day(1))
    fleet.learn(day(3), [*known, Known("curl", "CVE-2026-4", severity="HIGH")])
    fleet.sync(day(4))
    fleet.push("shop/front/api", "2.1.0-slim", [NEW, ZLIB])
    fleet.registry.delete("shop/old", "latest")
    fleet.sync(day(8))
    fleet.learn(day(9), [*known[:1], known[2], Known("curl", "CVE-2026-4", severity="HIGH")])
    fleet.registry.fail(TransientError("it is busy"), "ops/cron")
    fleet.push("ops/cron", "latest", [CURL])
    fleet.sync(day(12))


def _push_both(fleet: Fleet, packages: Iterable[Package]) -> None:
    """Push an index of two platforms that hold the same."""
    listed = list(packages)
    images = [
        Image([layer({"content": platform})], platform=platform, created=MIDNIGHT)
        for platform in ("linux/amd64", "linux/arm64")
    ]
    for image in images:
        fleet.scanner.put_image(image.digest, listed)
    fleet.registry.push("data/etl", "latest", Index(images))
