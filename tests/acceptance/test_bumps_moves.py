"""Moves that bumps ask for, and what they leave alone: real registry, real Trivy, a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.bad_input.story import day, written
from tests.acceptance.bad_input.tickets.shop import (
    BASE,
    NEW_BASE,
    OLD_BASE,
    Shop,
    app_on,
    before_the_ticket,
    knowledge,
    open_shop,
)
from watcher.demo.workshop import Image, Pusher, PythonPackage, built_on, cosigned, python_layer

pytestmark = pytest.mark.servers

VEX = "https://openvex.dev/ns/v0.2.0"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as one:
        yield one


def states(shop: Shop) -> dict[str, tuple[str, str]]:
    """The action and state of each bump, by its lineage."""
    return {one["base"]["name"]: (one["action"], one["state"]) for one in shop.bumps()}


def stated(image: Image, name: str) -> dict[str, Any]:
    """What somebody states of a vulnerability in an image."""
    return {
        "@context": VEX,
        "author": "acme security",
        "timestamp": written(day(0)),
        "statements": [
            {
                "vulnerability": {"name": name},
                "products": [{"@id": f"pkg:oci/api@{image.digest}"}],
                "status": "not_affected",
                "justification": "vulnerable_code_not_in_execute_path",
            }
        ],
    }


def test_what_is_stated_of_an_image_in_its_registry_is_excused_and_no_reason_for_a_ticket(
    shop: Shop,
) -> None:
    shop.fleet.watched = {"include": ["shop/**"], "attestations": True}
    before_the_ticket(shop)
    api = app_on(OLD_BASE, "api", -20)
    tag, attached = cosigned(api.digest, VEX, stated(api, "CVE-2026-1"))
    with Pusher(shop.fleet.registry.url) as pusher:
        pusher.push_artifact("shop/api", tag, attached)
    assert shop.sync(3).code == 0
    windows = shop.fleet.asked("exposures").document["windows"]
    (one,) = (
        one
        for one in windows
        if (one["repository"], one["vulnerability"]) == ("shop/api", "CVE-2026-1")
    )
    assert [each["cause"] for each in one["episodes"]] == ["vex_not_affected"]
    assert "signature not verified" in one["vex"][0]["document"]
    (bump,) = shop.bumps()
    assert [line["stream"] for line in bump["images"]] == ["local/shop/web:latest"]
    assert [(one["vulnerability"], one["streams"]) for one in bump["fixes"]] == [("CVE-2026-1", 1)]
    (aside,) = bump["set_aside"]
    assert aside["why"].startswith("VEX of acme security: not affected, vulnerable_code_not")
    assert "<b>Set aside</b>, and not counted: 1 vulnerability" in shop.ticket()[1]


def test_an_accepted_risk_is_shown_in_the_ticket_and_not_asked_for(shop: Shop) -> None:
    path = shop.fleet.folder / "accepted.yaml"
    risk = {
        "vulnerability": "CVE-2026-1",
        "match": "local/shop/api",
        "reason": "not reachable",
        "author": "ada",
        "expires": f"{day(9):%Y-%m-%d}",
    }
    path.write_text(yaml.safe_dump([risk]))
    shop.fleet.changes = {**shop.fleet.changes, "acceptances": str(path)}
    before_the_ticket(shop)
    assert shop.sync(3).code == 0
    (bump,) = shop.bumps()
    assert [line["stream"] for line in bump["images"]] == ["local/shop/web:latest"]
    assert "risk accepted by ada until" in shop.ticket()[1]
    assert shop.sync(20).code == 0
    (bump,) = shop.bumps()
    assert {line["stream"] for line in bump["images"]} == {
        "local/shop/api:latest",
        "local/shop/web:latest",
    }


def test_who_is_built_on_an_image_of_the_organisation_waits_for_its_owner(shop: Shop) -> None:
    shop.fleet.publish(knowledge())
    shop.push(BASE[0], OLD_BASE, BASE[1])
    parent = app_on(OLD_BASE, "parent", -20)
    own = python_layer([PythonPackage("child", "1.0")])
    shop.push("shop/parent", parent)
    shop.push("shop/child", built_on(parent, [own], created=day(-19)))
    assert shop.sync(1).code == 0
    shop.push(BASE[0], NEW_BASE, BASE[1])
    assert shop.sync(3).document["counts"]["tickets_created"] == 1
    assert states(shop) == {
        "local/base/python:3.12": ("rebuild", "open"),
        "local/shop/parent:latest": ("rebuild", "waiting"),
    }
    assert "1 stream of images built on these waits for this." in shop.ticket()[1]
    newer = app_on(NEW_BASE, "parent", 4)
    shop.push("shop/parent", newer)
    assert shop.sync(5).document["counts"]["tickets_created"] == 1
    assert states(shop)["local/shop/parent:latest"] == ("rebuild", "open")
    assert "`local/shop/child:latest`" in shop.ticket(2)[1]
    shop.push("shop/child", built_on(newer, [own], created=day(6)))
    assert shop.sync(7).document["counts"]["tickets_closed"] == 1
    assert {shop.ticket(number)[0]["state"] for number in (1, 2)} == {"closed"}


def test_a_version_is_asked_for_where_the_same_tag_helps_less(shop: Shop) -> None:
    shop.fleet.publish(knowledge())
    shop.push(BASE[0], OLD_BASE, BASE[1])
    shop.push("shop/api", app_on(OLD_BASE, "api", -20))
    assert shop.sync(1).code == 0
    assert shop.bumps() == []
    shop.push(BASE[0], NEW_BASE, "3.13")
    assert shop.sync(3).document["counts"]["tickets_created"] == 1
    (bump,) = shop.bumps()
    assert (bump["action"], bump["move"], bump["state"]) == ("version", "version", "open")
    front, body = shop.ticket()
    assert front["title"] == "Move from base/python:3.12 to base/python:3.13"
    assert f"base/python:3.13@{NEW_BASE.digest}" in body


def test_a_major_version_that_would_help_is_named_and_nothing_is_filed(shop: Shop) -> None:
    shop.fleet.publish(knowledge())
    shop.push(BASE[0], OLD_BASE, BASE[1])
    shop.push(BASE[0], NEW_BASE, "4.0")
    shop.push("shop/api", app_on(OLD_BASE, "api", -20))
    assert shop.sync(1).document["counts"]["tickets_created"] == 0
    (bump,) = shop.bumps()
    assert bump["state"] == "no_fixed_base"
    assert bump["alternative"]["name"].endswith("base/python:4.0")
    assert shop.files() == []
    shop.fleet.changes = {**shop.fleet.changes, "tickets": {"majors": True}}
    (planned,) = shop.bumps("--dry-run")
    assert (planned["intended"], planned["because"]) == (
        "create",
        "under the key 1:shop:local/base/python:3.12",
    )
    assert planned["draft"]["title"] == "Move from base/python:3.12 to base/python:4.0"
    assert shop.files() == []
