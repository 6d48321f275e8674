"""The suite that every source of artifacts signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contract.artifacts.conftest import Subject
from watcher.demo.workshop import Artifact
from watcher.demo.workshop.artifact import packed
from watcher.demo.workshop.blobs import Blob
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.domain.reference import ArtifactReference

pytestmark = pytest.mark.servers

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DB_LAYER = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
JAVA_LAYER = "application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip"
MIRRORED_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def database(content: str = "one", layer_type: str = DB_LAYER) -> Artifact:
    return packed({"trivy.db": content}, layer_type, NOON)


def reference(subject: Subject, tag: str = "2") -> ArtifactReference:
    return ArtifactReference.parse(f"{subject.host}/aquasec/trivy-db:{tag}")


def test_a_poll_gives_the_digest_behind_the_tag(subject: Subject) -> None:
    first = subject.push(reference(subject), database("one"))
    assert subject.artifacts.poll(reference(subject)) == first
    second = subject.push(reference(subject), database("two"))
    assert subject.artifacts.poll(reference(subject)) == second != first


def test_a_missing_tag_is_not_found(subject: Subject) -> None:
    subject.push(reference(subject), database())
    with pytest.raises(NotFoundError, match="trivy-db:1 is not there"):
        subject.artifacts.poll(reference(subject, "1"))


@pytest.mark.parametrize("layer_type", [DB_LAYER, JAVA_LAYER, MIRRORED_LAYER])
def test_the_layer_of_a_database_is_pulled_as_it_was_pushed(
    subject: Subject, tmp_path: Path, layer_type: str
) -> None:
    made = database(layer_type=layer_type)
    digest = subject.push(reference(subject), made)
    layer = subject.artifacts.layer(reference(subject), digest)
    assert layer.digest == made.layers[0].digest
    assert layer.size == len(made.layers[0].content)
    assert layer.media_type == layer_type
    subject.artifacts.pull(reference(subject), layer, tmp_path / "layer")
    assert (tmp_path / "layer").read_bytes() == made.layers[0].content


def test_an_older_digest_can_still_be_pulled_by_itself(subject: Subject) -> None:
    digest = subject.push(reference(subject, "old"), database("one"))
    subject.push(reference(subject), database("two"))
    assert subject.artifacts.layer(reference(subject), digest).size > 0


def test_an_artifact_of_several_layers_is_refused(subject: Subject) -> None:
    made = database()
    digest = subject.push(
        reference(subject), replace(made, layers=(*made.layers, *database("two").layers))
    )
    with pytest.raises(PermanentError):
        subject.artifacts.layer(reference(subject), digest)


def test_a_layer_of_another_kind_is_refused(subject: Subject) -> None:
    made = replace(database(), layers=(Blob.of("text/plain", b"hello"),))
    digest = subject.push(reference(subject), made)
    with pytest.raises(PermanentError, match="holds no database"):
        subject.artifacts.layer(reference(subject), digest)


def test_an_unknown_digest_is_not_found(subject: Subject) -> None:
    subject.push(reference(subject), database())
    with pytest.raises(NotFoundError):
        subject.artifacts.layer(reference(subject), "sha256:" + "0" * 64)
