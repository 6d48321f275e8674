"""A manifest that is not one: named with its repository and digest, and nothing else is held up."""

from __future__ import annotations

import pytest

from tests.acceptance.bad_input.fleet import Document, Fleet
from tests.acceptance.bad_input.looks import assert_clear, assert_nothing_ended, episodes
from tests.acceptance.bad_input.manifests import REPOSITORY, odd_registry, subjects
from tests.acceptance.bad_input.storage import stored
from tests.acceptance.bad_input.story import API, SECOND, day, written
from tests.acceptance.month.advisories import JINJA
from watcher.demo.workshop import Artifact, Blob, Pusher

pytestmark = pytest.mark.servers

CHART = Artifact(
    config=Blob.of("application/vnd.cncf.helm.config.v1+json", b'{"name": "shop"}'),
    layers=(Blob.of("application/vnd.cncf.helm.chart.content.v1.tar+gzip", b"a chart"),),
)


def test_whatever_is_no_image_is_named_and_the_rest_goes_on(
    fleet: Fleet, undisturbed: Document
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
    assert of_registry == undisturbed["windows"]
    assert {name for name in fleet.uncovered(2) if name.startswith("odd/")} != set()


def test_a_chart_under_a_new_tag_is_named_until_it_is_gone(
    fleet: Fleet, undisturbed: Document
) -> None:
    fleet.publish(SECOND)
    with Pusher(fleet.registry.url) as pusher:
        pusher.push_artifact("shop/chart", "latest", CHART)
        told = fleet.sync(1)
        assert told.failures == [("inventory", f"local/shop/chart@{CHART.digest}", False)]
        assert_clear(told.lines[0], "local/shop/chart@", "helm")
        pusher.delete_tag("shop/chart", "latest")
    assert fleet.sync(2).lines == ()
    assert fleet.exposures(2) == undisturbed


def test_a_stream_that_points_to_a_chart_for_a_while_ends_nothing(
    fleet: Fleet, undisturbed: Document
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
        assert_nothing_ended(before, fleet.exposures(1), undisturbed)
        assert "not read yet" in fleet.uncovered(1)["shop/api:latest"]
        pusher.put_manifest(*API, Blob.of("application/vnd.oci.image.manifest.v1+json", content))
    assert fleet.sync(2).lines == ()
    found, true = episodes(fleet.exposures(2)), episodes(undisturbed)
    # Since when the image was another one is not known, so neither is whether jinja was there.
    (withdrawn,) = found["shop/api:latest", JINJA]
    assert withdrawn["to_not_before"] == written(day(0)) < withdrawn["to"]
    withdrawn["to_not_before"] = None
    assert found == true
