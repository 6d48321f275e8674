"""One flaw under two names, stated not to matter, accepted: with a real registry and real Trivy."""

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
    Pusher,
    PythonPackage,
    Registry,
    VulnerabilityDetail,
    built_on,
    debian_base,
    python_layer,
    trivy_database,
)
from watcher.demo.workshop.locate import find_tool

pytestmark = pytest.mark.servers

START = datetime(2026, 3, 1, tzinfo=UTC)
GHSA, CVE = "GHSA-h5c8-rqwp-cp95", "CVE-2024-22195"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Shop:
    """A registry with one image, a mirror that offers databases, and a watcher beside them."""

    folder: Path
    registry: Registry
    mirror: Registry

    def offer(self, number: float, name: str, *vendor_ids: str) -> None:
        """Offer a database of that day that knows the flaw by a name."""
        advisory = LanguageAdvisory(PIP, "jinja2", name, ("<3.1.3",), ("3.1.3",), vendor_ids)
        detail = VulnerabilityDetail(name, title="XSS", severity="HIGH", published=day(-40))
        database = trivy_database([advisory], [detail], updated_at=day(number))
        with Pusher(self.mirror.url) as pusher:
            pusher.push_artifact("db", "2", database.artifact())

    def state(self, **other: object) -> None:
        """Let the folder of statements say that the image does not call it."""
        told = {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": "https://example.com/vex/1",
            "author": "shop team",
            "timestamp": f"{day(7):%Y-%m-%dT%H:%M:%SZ}",
            "statements": [
                {
                    "vulnerability": {"name": GHSA},
                    "products": [
                        {
                            "@id": f"pkg:oci/api?repository_url={self.registry.host}/shop/api",
                            "subcomponents": [{"@id": "pkg:pypi/jinja2"}],
                        }
                    ],
                    "status": "not_affected",
                    "justification": "vulnerable_code_not_in_execute_path",
                }
            ],
            **other,
        }
        (self.folder / "statements" / "api.json").write_text(json.dumps(told))

    def sync(self, number: float) -> dict[str, Any]:
        return self.ask("sync", "--at", f"{day(number):%Y-%m-%dT%H:%M:%SZ}")

    def ask(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        answer = self.folder / "answer.json"
        session = Session(environment=dict(os.environ), now=lambda: day(30))
        told = [*arguments, "--format", "json", "-o", str(answer)]
        assert run(["--config", str(self.folder / "watcher.yaml"), *told], session) == code
        document: dict[str, Any] = json.loads(answer.read_text())
        return document

    def window(self, number: float | None = None) -> dict[str, Any]:
        as_of = [] if number is None else ["--as-of", f"{day(number):%Y-%m-%dT%H:%M:%SZ}"]
        (found,) = self.ask("exposures", *as_of)["windows"]
        return dict(found)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Registry(tmp_path / "registry") as registry, Registry(tmp_path / "mirror") as mirror:
        (tmp_path / "statements").mkdir()
        risks = tmp_path / "risks.yaml"
        risks.write_text("")
        document = {
            "database": {"url": f"sqlite:///{tmp_path}/watcher.db"},
            "state": str(tmp_path / "state"),
            "trivy": {
                "binary": str(find_tool("trivy")),
                "db": [f"{mirror.host}/db:2"],
                "java_db": [],
            },
            "registries": [{"name": "local", "kind": "oci", "url": registry.url}],
            "feeds": {"vex": [str(tmp_path / "statements")]},
            "acceptances": str(risks),
        }
        (tmp_path / "watcher.yaml").write_text(yaml.safe_dump(document))
        base = Image([debian_base("12.5", [DebianPackage("bash", "5.2.15-2")])], created=day(-20))
        layers = [python_layer([PythonPackage("Jinja2", "3.1.2")])]
        with Pusher(registry.url) as pusher:
            pusher.push_image("shop/api", "latest", built_on(base, layers, created=day(-20)))
        yield Shop(tmp_path, registry, mirror)


def test_the_clock_goes_on_under_the_cve_until_a_statement_covers_it(shop: Shop) -> None:
    shop.offer(-1, GHSA)
    shop.sync(0)
    first = shop.window()
    assert (first["vulnerability"], first["aliases"], first["open"]) == (GHSA, [], True)

    shop.offer(5, CVE, GHSA)
    counts = shop.sync(6)["counts"]
    assert (counts["episodes_opened"], counts["episodes_closed"]) == (0, 0)
    renamed = shop.window()
    assert (renamed["vulnerability"], renamed["aliases"]) == (CVE, [GHSA])
    (before,), (after,) = first["episodes"], renamed["episodes"]
    kept = ("from", "to", "detected", "entry", "present", "known_in_db", "fix_available")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    then = shop.window(1)
    (told,) = then["episodes"]
    grown = {name: told[name] for name in ("known_days", "actionable_days")}
    days = then["cumulative_days"]
    assert then == {**first, "cumulative_days": days, "episodes": [{**before, **grown}]}
    assert {one["vulnerability"] for one in shop.ask("find", GHSA)["find"]} == {CVE}
    assert len(shop.ask("exposures", "--vulnerability", GHSA)["windows"]) == 1

    shop.state()
    assert shop.sync(8)["counts"]["episodes_closed"] == 1
    (ended,) = shop.window()["episodes"]
    assert (ended["to"], ended["cause"]) == ("2026-03-09T00:00:00Z", "vex_not_affected")
    checks = {one["check"]: one for one in shop.ask("doctor")["doctor"]}
    assert checks["vex"]["state"] == "ok"

    shop.state(author=None)  # broken: what it said before still counts
    assert shop.ask("sync", "--at", "2026-03-10T00:00:00Z", code=1)["failures"][0]["stage"] == "vex"
    assert not shop.window()["open"]

    (shop.folder / "statements" / "api.json").unlink()
    (shop.folder / "risks.yaml").write_text(
        f"- {{vulnerability: {GHSA}, reason: later, author: ada, expires: 2026-03-12}}"
    )
    shop.sync(10)
    shop.sync(14)
    again = shop.window()
    assert [one["cause"] for one in again["episodes"]] == ["vex_not_affected", None]
    assert again["acceptance"] == {
        "reason": "later",
        "author": "ada",
        "expires": "2026-03-12T23:59:59Z",
        "expired": True,
    }
    assert shop.window(10)["acceptance"]["expired"] is False
    assert shop.window(9)["acceptance"] is None
    assert shop.ask("report")["accepted"] == {"open": 0, "expired": 1}
