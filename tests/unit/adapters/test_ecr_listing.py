"""What DescribeImages answers, read: a page as AWS documents it, and what is made of each entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest

from watcher.adapters.distribution.document import Document
from watcher.adapters.registries.ecr.listing import Described, Tally, images, repositories
from watcher.domain.errors import PermanentError
from watcher.ports.registry import Listing, Sighting

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
# As the SDK gives it: times in the zone of this machine.
PUSHED = datetime(2026, 3, 1, 13, 30, tzinfo=timezone(timedelta(hours=1)))
PUSHED_UTC = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def entry(
    digest: str = A, tags: tuple[str, ...] = ("1.0",), /, **more: object
) -> dict[str, object]:
    return {
        "registryId": "111111111111",
        "repositoryName": "shop/api",
        "imageDigest": digest,
        "imageTags": list(tags),
        "imageSizeInBytes": 71,
        "imagePushedAt": PUSHED,
        "imageManifestMediaType": OCI,
        "artifactMediaType": CONFIG,
        **more,
    }


def described(*entries: Mapping[str, object]) -> list[Described]:
    return list(images(Document("the answer", {"imageDetails": list(entries)})))


def test_an_image_is_read_with_all_its_tags() -> None:
    assert described(entry(A, ("1.0", "1.0.7", "latest"))) == [
        Described(A, ("1.0", "1.0.7", "latest"), PUSHED_UTC, is_image=True)
    ]


def test_what_has_no_tags_is_left_out() -> None:
    untagged = {key: value for key, value in entry(B).items() if key != "imageTags"}
    assert [one.digest for one in described(entry(), untagged, entry(B, ()))] == [A]


@pytest.mark.parametrize(
    ("more", "is_image"),
    [
        ({"artifactMediaType": "application/vnd.docker.container.image.v1+json"}, True),
        ({"imageManifestMediaType": INDEX, "artifactMediaType": None}, True),
        ({"imageManifestMediaType": INDEX, "artifactMediaType": INDEX}, True),
        ({"imageManifestMediaType": None, "artifactMediaType": None}, True),
        ({"artifactMediaType": "application/vnd.cncf.helm.config.v1+json"}, False),
        ({"artifactMediaType": "application/vnd.dev.cosign.artifact.sig.v1+json"}, False),
        ({"artifactMediaType": "application/vnd.buildkit.cacheconfig.v0"}, False),
        ({"subjectManifestDigest": B}, False),
    ],
)
def test_an_image_is_told_from_an_artifact_without_its_manifest(
    more: Mapping[str, object], *, is_image: bool
) -> None:
    (one,) = described(entry(**more))
    assert one.is_image is is_image


@pytest.mark.parametrize("pushed", [None, "yesterday", 1.5])
def test_a_time_that_is_none_is_not_known(pushed: object) -> None:
    (one,) = described(entry(imagePushedAt=pushed))
    assert one.pushed_at is None


@pytest.mark.parametrize(
    "more", [{"imageDigest": None}, {"imageDigest": "latest"}, {"imageTags": "1.0"}]
)
def test_an_entry_that_cannot_be_read_spoils_its_page(more: Mapping[str, object]) -> None:
    with pytest.raises(PermanentError):
        described(entry(), entry(**more))


def test_repositories_are_read_by_their_names() -> None:
    page = {"repositories": [{"repositoryName": "a"}, {"repositoryName": "b/c"}]}
    assert list(repositories(Document("the answer", page))) == ["a", "b/c"]


def test_signatures_and_other_referrers_are_known_by_their_tags() -> None:
    tag = A.replace(":", "-")
    tally = Tally()
    tally.add(described(entry(A, (tag, f"{tag}.sig", f"{tag}.att", "1.0"))))
    assert tally.listing({}) == Listing((Sighting("1.0", A, PUSHED_UTC),), complete=True)


def test_a_tag_seen_at_two_digests_is_in_doubt_until_it_is_settled() -> None:
    tally = Tally()
    tally.add(described(entry(A, ("1.0", "latest")), entry(B, ("latest",))))
    assert tally.doubtful(()) == ["latest"]
    tally.settle("latest", Described(B, ("latest",), None, is_image=True))
    assert {one.tag: one.digest for one in tally.listing({}).sightings} == {"1.0": A, "latest": B}


def test_a_tag_that_is_an_image_here_and_a_chart_there_is_in_doubt() -> None:
    chart = entry(B, artifactMediaType="application/vnd.cncf.helm.config.v1+json")
    for entries in ((entry(A), chart), (chart, entry(A))):
        tally = Tally()
        tally.add(described(*entries))
        assert tally.doubtful(()) == ["1.0"]
        tally.settle("1.0", described(chart)[0])
        assert tally.listing({}).sightings == ()
