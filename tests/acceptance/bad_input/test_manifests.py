"""A manifest that is not one: named with its repository and digest, and nothing else is held up."""

from __future__ import annotations

import pytest
from tests.acceptance.bad_input.conftest import Undisturbed
from tests.acceptance.bad_input.fleet import (
    API,
    SECOND,
    Fleet,
    assert_clear,
    assert_nothing_ended,
    assert_uncertain,
    day,
    episodes,
    written,
)
from tests.acceptance.bad_input.manifests import REPOSITORY, odd_registry, subjects

from watcher.demo.advisories import JINJA
from watcher.demo.workshop import Artifact, Blob, Pusher

pytestmark = pytest.mark.servers

CHART = Artifact(
    config=Blob.of("application/vnd.cncf.helm.config.v1+json", b'{"name": "shop"}'),
    layers=(Blob.of("application/vnd.cncf.helm.chart.content.v1.tar+gzip", b"a chart"),),
)


def test_whatever_is_no_image_is_named_and_the_rest_goes_on(
    fleet: Fleet, undisturbed: Undisturbed
) -> None:
    fleet.publish(SECOND)
    with odd_registry() as odd:
        fleet.others = [{"name": "odd", "kind": "oci", "url": odd.url, "include": [REPOSITORY]}]
        told = fleet.sync(1)
        assert told.code == 1
        expected = subjects("odd")
        assert told.failures == [("inventory", one, False) for one in sorted(expected)]
        for line in told.lines:
            (subject,) = [one for one in expected if one in line]
            assert_clear(line, f"failed: inventory: {subject}: ", expected[subject])
        assert fleet.sync(2).code == 1
    of_registry = [one for one in fleet.exposures(2)["windows"] if one["registry"] == "local"]
    assert of_registry == undisturbed(False)["windows"]
    assert {name for name in fleet.uncovered(2) if name.startswith("odd/")} != set()


def test_a_chart_under_a_new_tag_is_named_until_it_is_gone(
    fleet: Fleet, undisturbed: Undisturbed
) -> None:
    fleet.publish(SECOND)
    with Pusher(fleet.registry.url) as pusher:
        pusher.push_artifact("shop/chart", "latest", CHART)
        told = fleet.sync(1)
        assert told.failures == [("inventory", f"local/shop/chart@{CHART.digest}", False)]
        assert_clear(told.lines[0], "local/shop/chart@", "helm")
        pusher.delete_tag("shop/chart", "latest")
    assert fleet.sync(2).lines == ()
    assert fleet.exposures(2) == undisturbed(False)


def test_a_stream_that_points_to_a_chart_for_a_while_ends_nothing(
    fleet: Fleet, undisturbed: Undisturbed
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    with Pusher(fleet.registry.url) as pusher:
        image = pusher.resolve(*API)
        assert image is not None
        content = stored(fleet.registry, image).read_bytes()
        pusher.push_artifact(*API, CHART)
        told = fleet.sync(1)
        assert told.failures == [("inventory", f"local/shop/api@{CHART.digest}", False)]
        assert_nothing_ended(before, fleet.exposures(1), undisturbed(False))
        assert "not read yet" in fleet.uncovered(1)["shop/api:latest"]
        pusher.put_manifest(*API, Blob.of("application/vnd.oci.image.manifest.v1+json", content))
    assert fleet.sync(2).lines == ()
    found, true = episodes(fleet.exposures(2)), episodes(undisturbed(False))
    # Since when the image was another one is not known, so neither is whether jinja was there.
    (withdrawn,) = found["shop/api:latest", JINJA]
    assert withdrawn["to_not_before"] == written(day(0)) < withdrawn["to"]
    withdrawn["to_not_before"] = None
    assert found == true


def test_a_manifest_whose_bytes_the_registry_lost_ends_nothing(
    fleet: Fleet, undisturbed: Undisturbed
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    fleet.rebuild_api()
    with Pusher(fleet.registry.url) as pusher:
        digest = pusher.resolve(*API)
    assert digest is not None
    file = stored(fleet.registry, digest)
    content = file.read_bytes()
    file.write_bytes(b"x" * len(content))
    told = fleet.sync(1)
    assert told.failures == [("inventory", "local/shop/api:latest", True)]
    assert_clear(told.lines[0], "local/shop/api:latest", "500")
    assert_nothing_ended(before, fleet.exposures(1), undisturbed(True))
    file.write_bytes(content)
    assert fleet.sync(2).lines == ()
    assert_uncertain(fleet.exposures(2), undisturbed(True))
