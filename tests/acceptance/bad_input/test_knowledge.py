"""A new database that is missing, corrupt, cut off or too new: what is in force stays in force."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.bad_input.databases import BROKEN, NO_DATABASE
from tests.acceptance.bad_input.fleet import Document, Fleet, Told
from tests.acceptance.bad_input.looks import assert_clear, episodes
from tests.acceptance.bad_input.storage import stored
from tests.acceptance.bad_input.story import FIRST, SECOND
from watcher.demo.play import DATABASE, VERSION
from watcher.demo.workshop import Pusher

pytestmark = pytest.mark.servers

BOTH = {"shop/api:latest", "shop/web:latest"}


def asked(fleet: Fleet, what: str) -> int:
    """How often the mirror was asked for this."""
    return fleet.mirror.log.read_text().count(f'"{what} HTTP')


def assert_made_good(fleet: Fleet, undisturbed: Document) -> None:
    told = fleet.sync(2)
    assert told.lines == ()
    assert told.document["knowledge"]["db"] == SECOND.digest
    assert fleet.uncovered(2) == {}
    assert fleet.exposures(2) == undisturbed


def assert_in_force(told: Told, *named: str, retry: bool) -> None:
    """Make sure that a pass could not have the new database: nothing but its failure is new."""
    assert told.code == 1
    assert told.failures == [("knowledge", "db", retry)]
    assert_clear(told.lines[0], "failed: knowledge: db: ", *named)
    assert told.document["knowledge"]["db"] == FIRST.digest
    assert not told.document["knowledge"]["changed"]
    counts = told.document["counts"]
    assert counts["episodes_opened"] == counts["episodes_closed"] == 0


def test_a_broken_database_is_refused_once_and_the_one_in_force_stays(
    fleet: Fleet, undisturbed: Document
) -> None:
    for number, (artifact, reason) in enumerate(BROKEN.values()):
        digest = fleet.publish(artifact)
        told = fleet.sync(1 + number / 24)
        assert_in_force(told, digest, fleet.mirror.host, reason, retry=False)
        again = fleet.sync(1 + (number + 0.5) / 24, "--only", "knowledge")
        assert_in_force(again, digest, "refused before", reason, retry=False)
        (layer,) = artifact.layers
        assert asked(fleet, f"GET /v2/{DATABASE}/blobs/{layer.digest}") == 1
    assert fleet.uncovered(1) == {}
    fleet.publish(SECOND)
    assert_made_good(fleet, undisturbed)


def test_what_is_no_database_is_not_even_pulled(fleet: Fleet, undisturbed: Document) -> None:
    for number, (artifact, reason) in enumerate(NO_DATABASE.values()):
        digest = fleet.publish(artifact)
        assert_in_force(fleet.sync(1 + number / 24), digest, reason, retry=False)
        for layer in artifact.layers:
            assert asked(fleet, f"GET /v2/{DATABASE}/blobs/{layer.digest}") == 0
    fleet.publish(SECOND)
    assert_made_good(fleet, undisturbed)


def test_a_source_that_is_away_leaves_the_database_in_force(
    fleet: Fleet, undisturbed: Document
) -> None:
    fleet.publish(SECOND)
    fleet.mirror.stop()
    assert_in_force(fleet.sync(1), fleet.mirror.host, "connection refused", retry=True)
    assert fleet.uncovered(1) == {}
    stale = fleet.uncovered(1.1)
    assert stale.keys() == BOTH
    assert all("connection refused" in why for why in stale.values())
    fleet.mirror.start()
    assert_made_good(fleet, undisturbed)


def test_a_tag_that_is_gone_leaves_the_database_in_force(
    fleet: Fleet, undisturbed: Document
) -> None:
    with Pusher(fleet.mirror.url) as pusher:
        pusher.delete_tag(DATABASE, VERSION)
    assert_in_force(fleet.sync(1), f"{DATABASE}:{VERSION}", "404", retry=False)
    assert fleet.uncovered(1.1).keys() == BOTH
    fleet.publish(SECOND)
    assert_made_good(fleet, undisturbed)


def spoiled(blob: Path) -> None:
    blob.write_bytes(b"x" * blob.stat().st_size)


def cut(blob: Path) -> None:
    blob.write_bytes(blob.read_bytes()[:-100])


def lost(blob: Path) -> None:
    shutil.rmtree(blob.parent)


@pytest.mark.parametrize(
    ("damage", "retry", "reason"),
    [(spoiled, False, "other bytes"), (cut, True, "bytes came"), (lost, False, "lost this blob")],
)
def test_a_layer_that_the_source_spoiled_may_be_mended_there(
    fleet: Fleet,
    undisturbed: Document,
    damage: Callable[[Path], None],
    reason: str,
    *,
    retry: bool,
) -> None:
    fleet.publish(SECOND)
    (layer,) = SECOND.layers
    blob = stored(fleet.mirror, layer.digest)
    damage(blob)
    assert_in_force(fleet.sync(1), layer.digest, fleet.mirror.host, reason, retry=retry)
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(layer.content)
    assert_made_good(fleet, undisturbed)


def test_a_state_folder_that_was_wiped_is_filled_again(fleet: Fleet) -> None:
    shutil.rmtree(fleet.folder / "state")
    fleet.rebuild_api()
    told = fleet.sync(1, "--only", "knowledge", "inventory", "catalog", "match", "exposure")
    assert told.lines == ()
    assert told.document["knowledge"]["db"] == FIRST.digest
    assert told.document["counts"]["catalogued"] == 1
    assert (asked(fleet, f"GET /v2/{DATABASE}/blobs/{FIRST.layers[0].digest}")) == 2


def test_files_that_were_lost_are_had_again_by_their_digest_from_a_source_that_lost_its_tag(
    fleet: Fleet, undisturbed_rebuilt: Document
) -> None:
    shutil.rmtree(fleet.folder / "state")
    fleet.rebuild_api()
    with Pusher(fleet.mirror.url) as pusher:
        pusher.delete_tag(DATABASE, VERSION)
    told = fleet.sync(1)
    assert told.failures == [("knowledge", "db", False)]
    assert told.document["counts"]["catalogued"] == 1
    fleet.publish(SECOND)
    assert fleet.sync(2).lines == ()
    assert fleet.exposures(2) == undisturbed_rebuilt


def test_without_its_files_and_without_a_source_the_pass_goes_on(
    fleet: Fleet, undisturbed_rebuilt: Document
) -> None:
    before = episodes(fleet.exposures(0))
    shutil.rmtree(fleet.folder / "state")
    fleet.rebuild_api()
    fleet.mirror.stop()
    told = fleet.sync(1)
    fleet.mirror.start()
    assert told.code == 1
    assert [(stage, subject) for stage, subject, _ in told.failures] == [
        ("knowledge", "db"),
        ("catalog", "catalog"),
    ]
    for line in told.lines:
        assert_clear(line, "failed: ")
    assert episodes(fleet.exposures(1)) == before
    assert "not catalogued yet" in fleet.uncovered(1)["shop/api:latest"]
    fleet.publish(SECOND)
    assert fleet.sync(2).lines == ()
    assert fleet.exposures(2) == undisturbed_rebuilt


def test_a_state_folder_that_cannot_be_written_is_said_in_one_line(
    fleet: Fleet, undisturbed: Document
) -> None:
    fleet.publish(SECOND)
    state = fleet.folder / "state"
    state.rename(fleet.folder / "aside")
    state.write_text("a file stands where the folder was")
    told = fleet.sync(1)
    assert told.failures == [("knowledge", "db", True)]
    assert_clear(told.lines[0], str(state))
    state.unlink()
    (fleet.folder / "aside").rename(state)
    assert_made_good(fleet, undisturbed)


def test_an_older_database_is_skipped_until_it_has_stood_at_its_source_for_a_day(
    fleet: Fleet,
) -> None:
    fleet.publish(SECOND)
    assert fleet.sync(1).lines == ()
    before = fleet.exposures(1)
    fleet.publish(FIRST)
    for at in (1.5, 2.4):
        told = fleet.sync(at)
        assert (told.code, told.failures) == (1, [("knowledge", "db", False)])
        assert_clear(told.lines[0], "failed: knowledge: db: ", FIRST.digest, "older", "skipped")
        assert told.document["knowledge"]["db"] == SECOND.digest
        assert told.document["counts"]["matches_removed"] == 0
    assert [one["vulnerability"] for one in fleet.exposures(2.4)["windows"]] == [
        one["vulnerability"] for one in before["windows"]
    ]
    told = fleet.sync(2.5)
    assert (told.code, told.lines) == (0, ())
    assert told.document["knowledge"]["db"] == FIRST.digest
    assert told.document["knowledge"]["changed"]
    (layer,) = FIRST.layers
    assert asked(fleet, f"GET /v2/{DATABASE}/blobs/{layer.digest}") == 1
