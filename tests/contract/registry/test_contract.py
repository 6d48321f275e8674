"""The suite that every registry signs: the adapters on real servers, and the fake."""

from __future__ import annotations

import pkgutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.contract.registry.conftest import SIGNED, Subject
from tests.contract.registry.images import NOON, image, seen
from watcher.adapters import registries
from watcher.adapters.registries.docker_hub.registry import DockerHubRegistry
from watcher.demo.workshop import Artifact, Index, Material, signature
from watcher.demo.workshop.blobs import Blob
from watcher.demo.workshop.image import Format
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    TransientError,
    UnauthorizedError,
)
from watcher.domain.reference import Platform
from watcher.ports.registry import LastSeen, Listing

pytestmark = pytest.mark.servers

API = "shop/api"
HELM = Artifact(
    Blob.of("application/vnd.cncf.helm.config.v1+json", b'{"name":"chart"}'),
    (Blob.of("application/vnd.cncf.helm.chart.content.v1.tar+gzip", b"chart"),),
)


def digests(listing: Listing) -> dict[str, str]:
    return {sighting.tag: sighting.digest for sighting in listing.sightings}


def test_every_module_of_registries_signs_this_suite() -> None:
    assert {module.name for module in pkgutil.iter_modules(registries.__path__)} == set(SIGNED)


def test_an_empty_registry_lists_nothing(subject: Subject) -> None:
    adapter = subject.adapter()
    if subject.bare:
        with pytest.raises(PermanentError, match="no catalogue is offered; name the repositories"):
            list(adapter.repositories())
        return
    assert list(adapter.repositories()) == []


def test_a_tag_is_seen_with_its_digest(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image())
    listing = subject.adapter().tags(API, {})
    assert digests(listing) == {"1.0": digest}
    assert listing.complete
    assert listing.failed == {}


def test_many_tags_are_listed_over_many_pages(subject: Subject) -> None:
    names = {f"1.{number}" for number in range(120)}
    for name in names:
        subject.push(API, name, image())
    listing = subject.adapter(page=7).tags(API, {})
    assert listing.complete
    assert digests(listing) == dict.fromkeys(names, image().digest)


def test_the_last_page_may_be_exactly_full(subject: Subject) -> None:
    for number in range(6):
        subject.push(API, f"1.{number}", image())
    assert len(subject.adapter(page=3).tags(API, {}).sightings) == 6


def test_unchanged_tags_cost_no_manifest_get(subject: Subject) -> None:
    subject.push(API, "1.0", image())
    subject.push(API, "1.1", Index((image(),), attested=True))
    adapter = subject.adapter()
    first = adapter.tags(API, {})
    second = adapter.tags(API, seen(digests(first)))
    assert digests(second) == digests(first)
    assert adapter.traffic.manifest_gets == 0
    assert adapter.traffic.bytes_pulled == 0
    assert adapter.traffic.requests > 0


def test_a_moved_tag_is_seen_at_its_new_digest(subject: Subject) -> None:
    before = subject.push(API, "latest", image("1"))
    after = subject.push(API, "latest", image("2"))
    assert before != after
    assert digests(subject.adapter().tags(API, seen({"latest": before}))) == {"latest": after}


def test_a_deleted_tag_is_missing_from_a_complete_listing(subject: Subject) -> None:
    first, second = subject.push(API, "1.0", image("1")), subject.push(API, "1.1", image("2"))
    subject.delete(API, "1.0")
    listing = subject.adapter().tags(API, seen({"1.0": first, "1.1": second}))
    assert digests(listing) == {"1.1": second}
    assert listing.complete


def test_a_repository_whose_tags_are_all_gone_lists_none(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image())
    subject.delete(API, "1.0")
    adapter = subject.adapter()
    assert adapter.tags(API, {}) == Listing((), complete=True)
    assert adapter.tags(API, seen({"1.0": digest})) == Listing((), complete=True)


def test_a_missing_repository_is_not_found(subject: Subject) -> None:
    subject.push(API, "1.0", image())
    adapter = subject.adapter()
    if subject.bare:
        assert adapter.tags("shop/none", {}) == Listing((), complete=True)
        return
    with pytest.raises(NotFoundError):
        adapter.tags("shop/none", {})


def test_every_repository_is_in_one_group_and_listed_with_it(subject: Subject) -> None:
    pushed = {
        path: subject.push(path, "1.0", image(path))
        for path in ("shop/api", "shop/web", "data/etl")
    }
    adapter = subject.adapter()
    groups = adapter.groups(pushed)
    assert sorted(path for group in groups for path in group.repositories) == sorted(pushed)
    for group in groups:
        found = adapter.listings(group, {}, thorough=True)
        assert found.keys() == set(group.repositories)
        for path, listing in found.items():
            assert isinstance(listing, Listing)
            assert listing.complete
            assert digests(listing) == {"1.0": pushed[path]}


def test_a_repository_that_is_gone_hides_none_of_its_group(subject: Subject) -> None:
    digest = subject.push("shop/api", "1.0", image())
    adapter = subject.adapter()
    found = {
        path: listing
        for group in adapter.groups(["shop/api", "shop/none"])
        for path, listing in adapter.listings(group, {}, thorough=True).items()
    }
    none = found["shop/none"]
    assert none == Listing((), complete=True) or isinstance(none, NotFoundError)
    listing = found["shop/api"]
    assert isinstance(listing, Listing)
    assert digests(listing) == {"1.0": digest}


def test_what_did_not_move_is_never_told_as_moved_or_gone(subject: Subject) -> None:
    subject.push(API, "1.0", image("1"))
    subject.push(API, "1.1", image("2"))
    adapter = subject.adapter()
    known = {
        API: {
            one.tag: LastSeen(one.digest, one.pushed_at) for one in adapter.tags(API, {}).sightings
        }
    }
    moved = subject.push(API, "1.1", image("3"))
    (group,) = adapter.groups([API])
    listing = adapter.listings(group, known, thorough=False)[API]
    assert isinstance(listing, Listing)
    told = digests(listing)
    assert told["1.1"] == moved
    assert listing.complete or told.get("1.0") in {None, known[API]["1.0"].digest}


def test_resolve_looks_at_one_tag(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image())
    adapter = subject.adapter()
    assert adapter.resolve(API, "1.0").digest == digest
    with pytest.raises(NotFoundError):
        adapter.resolve(API, "1.1")


def test_signatures_and_referrers_are_left_out(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image())
    tag, signed = signature(digest)
    subject.push(API, tag, signed)
    subject.push(API, tag.removesuffix(".sig"), Index((image(),)))
    assert digests(subject.adapter().tags(API, {})) == {"1.0": digest}


@pytest.mark.parametrize("repository", ["a", "a--b/c__d/e.f", "x/manifests", "x/tags/list"])
def test_names_that_need_care_are_taken_literally(subject: Subject, repository: str) -> None:
    names = {"_x", "1.0-Alpha_2.", "A" * 128, "list"}
    for name in names:
        subject.push(repository, name, image())
    adapter = subject.adapter()
    assert digests(adapter.tags(repository, {})).keys() == names
    assert list(adapter.repositories()) == [repository]
    adapter.manifest(repository, image().digest)
    assert adapter.traffic.manifest_gets == 1


def test_an_index_gives_its_platforms_without_attestations(subject: Subject) -> None:
    amd, arm = image("1"), image("1", "linux/arm64/v8")
    index = Index((amd, arm), attested=True, annotations={"made": "here"})
    digest = subject.push(API, "1.0", index)
    manifest = subject.adapter().manifest(API, digest)
    assert manifest.digest == digest
    assert manifest.media_type == "application/vnd.oci.image.index.v1+json"
    assert manifest.annotations == {"made": "here"}
    assert {one.platform: one.digest for one in manifest.platforms} == {
        Platform("linux", "amd64"): amd.digest,
        Platform("linux", "arm64", "v8"): arm.digest,
    }


def test_what_an_index_attests_of_its_images_is_read(subject: Subject) -> None:
    one = image("1")
    index = Index([one], attested=True, materials=[Material("debian:12", f"sha256:{'a' * 64}")])
    digest = subject.push(API, "1.0", index)
    adapter = subject.adapter()
    beside = adapter.manifest(API, digest).attestations
    assert beside == {one.digest: (index.attestation(one).digest,)}
    for attached in (False, True):
        found = adapter.attestations(API, one.digest, beside[one.digest], attached=attached)
        if not attached and isinstance(adapter, DockerHubRegistry):  # each part would be a pull
            assert list(found) == []
            continue
        (told,) = found
        assert (told.subject, told.place, told.signed) == (one.digest, "index", False)
        assert told.predicate_type == "https://slsa.dev/provenance/v0.2"
        assert told.predicate["materials"] == [
            {
                "uri": "pkg:docker/debian@12?platform=linux%2Famd64",
                "digest": {"sha256": "a" * 64},
            }
        ]


def test_an_image_to_which_nothing_is_attached_says_nothing(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image("1"))
    assert list(subject.adapter().attestations(API, digest, attached=True)) == []


@pytest.mark.parametrize("form", ["oci", "docker"])
def test_a_plain_manifest_gives_the_platform_of_its_configuration(
    subject: Subject, form: Format
) -> None:
    one = replace(image(platform="linux/s390x"), format=form)
    digest = subject.push(API, "1.0", one)
    manifest = subject.adapter().manifest(API, digest)
    assert [(entry.platform, entry.digest) for entry in manifest.platforms] == [
        (Platform("linux", "s390x"), digest)
    ]
    assert manifest.media_type == one.manifest().media_type


def test_an_image_tells_what_it_is_made_of(subject: Subject) -> None:
    made = image()
    subject.push(API, "1.0", made)
    found = subject.adapter().image(API, made.digest)
    assert found.digest == made.digest
    assert found.platform == Platform("linux", "amd64")
    assert found.created == NOON
    assert found.diff_ids == tuple(layer.diff_id for layer in made.layers)
    assert found.layers == tuple(layer.digest for layer in made.layers)
    assert found.layer_bytes == sum(len(layer.content) for layer in made.layers)
    assert found.labels == made.labels
    assert found.annotations == made.annotations


def test_an_image_without_a_time_has_none(subject: Subject) -> None:
    made = replace(image(), created=None)
    subject.push(API, "1.0", made)
    assert subject.adapter().image(API, made.digest).created is None


def test_an_image_just_seen_as_a_manifest_is_not_fetched_again(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image())
    adapter = subject.adapter()
    adapter.manifest(API, digest)
    pulled = adapter.traffic.bytes_pulled
    adapter.image(API, digest)
    assert adapter.traffic.manifest_gets == 1
    assert adapter.traffic.bytes_pulled == pulled > 0


def test_what_is_no_image_is_refused(subject: Subject) -> None:
    digest = subject.push(API, "chart", HELM)
    _, signed = signature(image().digest)
    subject.push(API, "signed", signed)
    adapter = subject.adapter()
    for stranger in (digest, signed.digest):
        with pytest.raises(PermanentError, match="not an image") as caught:
            adapter.manifest(API, stranger)
        assert not isinstance(caught.value, NotFoundError)
        with pytest.raises(PermanentError, match="not an image"):
            adapter.image(API, stranger)


def test_an_unknown_digest_is_not_found(subject: Subject) -> None:
    subject.push(API, "1.0", image("1"))
    with pytest.raises(NotFoundError):
        subject.adapter().manifest(API, image("2").digest)


def test_includes_without_a_wildcard_are_listed_as_they_are(subject: Subject) -> None:
    subject.push("shop/api", "1.0", image())
    adapter = subject.adapter(include=("shop/api", "shop/not-yet"))
    assert list(adapter.repositories()) == ["shop/api", "shop/not-yet"]


def test_wildcards_choose_among_the_repositories(subject: Subject) -> None:
    for path in ("shop/api", "shop/deep/web", "shop/old", "base/os"):
        subject.push(path, "1.0", image())
    adapter = subject.adapter(include=("shop/**",), exclude=("shop/old",))
    assert list(adapter.repositories()) == ["shop/api", "shop/deep/web"]
    assert list(subject.adapter(include=("*/os",)).repositories()) == ["base/os"]


def test_repositories_are_listed_over_many_pages(subject: Subject) -> None:
    paths = [f"shop/r{number:03}" for number in range(25)]
    for path in paths:
        subject.push(path, "1.0", image())
    assert list(subject.adapter(page=4).repositories()) == paths


def test_a_registry_that_does_not_answer_is_a_passing_failure(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image())
    adapter = subject.adapter()
    subject.stop()
    for attempt in (
        *(() if subject.bare else (lambda: list(adapter.repositories()),)),
        lambda: adapter.tags(API, seen({"1.0": digest})),
        lambda: adapter.resolve(API, "1.0"),
        lambda: adapter.manifest(API, digest),
        lambda: adapter.image(API, digest),
        adapter.check,
    ):
        with pytest.raises(TransientError):
            attempt()


def test_wrong_credentials_are_said_to_be_wrong(subject: Subject) -> None:
    digest = subject.push(API, "1.0", image())
    adapter = subject.refused()
    for attempt in (
        lambda: list(adapter.repositories()),
        lambda: adapter.tags(API, seen({"1.0": digest})),
        lambda: adapter.resolve(API, "1.0"),
        lambda: adapter.manifest(API, digest),
        adapter.check,
    ):
        with pytest.raises(UnauthorizedError) as caught:
            attempt()
        assert "not-the-password" not in repr(caught.value)
        assert "\n" not in str(caught.value)


def test_a_check_says_in_one_line_that_all_is_well(subject: Subject) -> None:
    subject.push(API, "1.0", image())
    line = subject.adapter().check().line
    assert "repositories included: 1" in line
    assert "\n" not in line


def test_pull_access_names_the_image_and_hides_the_password(subject: Subject) -> None:
    access = subject.adapter().pull_access(API, image().digest)
    assert access.reference.endswith(f"/{API}@{image().digest}")
    assert access.password is None or access.password not in repr(access)


def test_many_threads_may_ask_at_once(subject: Subject) -> None:
    made = [image(str(number)) for number in range(12)]
    for number, one in enumerate(made):
        subject.push(API, f"1.{number}", one)
    adapter = subject.adapter()
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda one: adapter.image(API, one.digest).digest, made))
    assert found == [one.digest for one in made]
    assert adapter.traffic.manifest_gets == 12
