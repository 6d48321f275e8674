"""Several regions and accounts under one name: whose repositories they are, and as whom we ask."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.registry.images import image, seen
from tests.contract.registry.subjects.ecr import EcrSubject, registry
from tests.servers.ecr import HOME, PARTNER, PARTNER_ROLE, REGION, Ecr, once, refusal
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    TransientError,
    UnauthorizedError,
    UsageError,
)
from watcher.domain.pattern import Selection

pytestmark = pytest.mark.servers

OTHER = "eu-west-2"
API = "shop/api"
THEIRS = f"{PARTNER}/{REGION}/{API}"


def test_regions_and_accounts_are_in_the_names_but_for_the_home(server: Ecr) -> None:
    for account in (HOME, PARTNER):
        for region in (REGION, OTHER):
            server.store.push(API, "1.0", image(account + region), account=account, region=region)
    adapter = registry((REGION, OTHER), (PARTNER_ROLE,))
    paths = list(adapter.repositories())
    assert set(paths) == {API, f"{OTHER}/{API}", THEIRS, f"{PARTNER}/{OTHER}/{API}"}
    found = {path: adapter.tags(path, {}).sightings[0].digest for path in paths}
    assert found == {
        API: image(HOME + REGION).digest,
        f"{OTHER}/{API}": image(HOME + OTHER).digest,
        THEIRS: image(PARTNER + REGION).digest,
        f"{PARTNER}/{OTHER}/{API}": image(PARTNER + OTHER).digest,
    }


def test_a_region_or_role_added_later_renames_nothing(server: Ecr) -> None:
    server.store.push(API, "1.0", image())
    server.store.push(API, "1.0", image(), account=PARTNER)
    before = set(registry().repositories())
    assert before < set(registry((REGION,), (PARTNER_ROLE,)).repositories())
    assert before <= set(registry((REGION, OTHER), (PARTNER_ROLE,)).repositories())


def test_images_of_another_account_are_pulled_with_its_own_token(server: Ecr) -> None:
    digest = server.store.push(API, "1.0", image(), account=PARTNER)
    adapter = registry((REGION,), (PARTNER_ROLE,))
    assert adapter.manifest(THEIRS, digest).digest == digest
    access = adapter.pull_access(THEIRS, digest)
    assert access.reference.endswith(f"/{API}@{digest}")
    assert PARTNER not in access.reference.partition("/")[2]
    assert access.password is not None
    assert server.api.tokens[access.password].account == PARTNER


def test_a_role_is_assumed_once_under_our_own_name(server: Ecr) -> None:
    server.store.push(API, "1.0", image(), account=PARTNER)
    adapter = registry((REGION, OTHER), (PARTNER_ROLE,))
    for _ in range(3):
        list(adapter.repositories())
        adapter.tags(THEIRS, {})
    assert server.sessions.names == ["watcher"]


def test_a_session_is_renewed_before_it_ends(server: Ecr) -> None:
    server.store.push(API, "1.0", image(), account=PARTNER)
    server.sessions.lifetime = timedelta(minutes=5)
    adapter = registry((REGION,), (PARTNER_ROLE,))
    for _ in range(3):
        adapter.tags(THEIRS, {})
    assert len(server.sessions.names) == 3


def test_a_session_that_ends_between_two_pages_is_replaced(server: Ecr) -> None:
    for number in range(9):
        server.store.push(API, f"1.{number}", image(str(number)), account=PARTNER)
    adapter = registry((REGION,), (PARTNER_ROLE,), page=4)
    server.api.between = once(server.identities.end_sessions)
    assert len(adapter.tags(THEIRS, {}).sightings) == 9
    assert len(server.sessions.names) == 2


def test_a_role_that_may_not_be_assumed_fails_the_whole_and_is_named(server: Ecr) -> None:
    server.store.push(API, "1.0", image())
    server.sessions.trusting.clear()
    adapter = registry((REGION,), (PARTNER_ROLE,))
    with pytest.raises(UnauthorizedError, match="may not sts:AssumeRole") as caught:
        adapter.repositories()
    assert f"{REGION} as {PARTNER_ROLE}" in str(caught.value)
    assert len(adapter.tags(API, {}).sightings) == 1  # what is known is listed all the same


@pytest.mark.parametrize("place", [(HOME, OTHER), (PARTNER, REGION), (HOME, REGION)])
def test_a_place_that_fails_is_no_empty_one(server: Ecr, place: tuple[str, str]) -> None:
    for account in (HOME, PARTNER):
        server.store.push(API, "1.0", image(), account=account)
    server.fail(
        "DescribeRepositories",
        refusal("ServerException", status=500),
        where=lambda call: (call.account, call.region) == place,
    )
    with pytest.raises(TransientError, match=f"in {place[1]}"):
        registry((REGION, OTHER), (PARTNER_ROLE,)).repositories()


@pytest.mark.parametrize(
    ("include", "exclude", "asked"),
    [
        ((f"{PARTNER}/**",), (), {(PARTNER, REGION), (PARTNER, OTHER)}),
        ((f"{PARTNER}/{OTHER}/shop/*",), (), {(PARTNER, OTHER)}),
        ((f"{OTHER}/**",), (), {(HOME, OTHER)}),
        (("shop/**",), (), {(HOME, REGION)}),
        (
            ("**",),
            (f"{PARTNER}/{REGION}/**",),
            {(HOME, REGION), (HOME, OTHER), (PARTNER, OTHER)},
        ),
        (("**",), ("**",), set()),
        ((API, f"{OTHER}/{API}"), (), set()),
        ((API, f"{OTHER}/**"), (), {(HOME, OTHER)}),
        (("*/api",), (), {(HOME, REGION), (HOME, OTHER), (PARTNER, REGION), (PARTNER, OTHER)}),
    ],
)
def test_a_place_is_only_asked_where_something_of_it_can_be_included(
    server: Ecr, include: tuple[str, ...], exclude: tuple[str, ...], asked: set[tuple[str, str]]
) -> None:
    adapter = registry(
        (REGION, OTHER), (PARTNER_ROLE,), selection=Selection.parse(include, exclude)
    )
    list(adapter.repositories())
    calls = [one for one in server.calls if one.operation == "DescribeRepositories"]
    assert {(one.account, one.region) for one in calls} == asked


def test_a_repository_called_like_one_of_another_region_is_an_error(server: Ecr) -> None:
    server.store.push(f"{OTHER}/{API}", "1.0", image())
    with pytest.raises(PermanentError, match=f"called like those of {OTHER}; exclude it"):
        registry((REGION, OTHER)).repositories()
    assert list(registry().repositories()) == [f"{OTHER}/{API}"]
    spared = Selection.parse(("**",), (f"{OTHER}/{API}",))
    assert list(registry((REGION, OTHER), selection=spared).repositories()) == []


def test_what_a_region_or_account_held_is_not_gone_when_it_is_configured_no_more(
    server: Ecr,
) -> None:
    server.store.push(f"{OTHER}/{API}", "1.0", image())
    adapter = registry()
    for path in (f"{OTHER}/shop/web", THEIRS):
        for attempt in (
            lambda path=path: adapter.tags(path, {}),
            lambda path=path: adapter.resolve(path, "1.0"),
        ):
            with pytest.raises(
                PermanentError, match=f"exclude {path.partition('/')[0]}/"
            ) as caught:
                attempt()
            assert not isinstance(caught.value, NotFoundError)
    assert len(adapter.tags(f"{OTHER}/{API}", {}).sightings) == 1


def test_an_account_without_one_of_its_regions_names_nothing(server: Ecr) -> None:
    del server
    adapter = registry((REGION,), (PARTNER_ROLE,))
    with pytest.raises(PermanentError, match=f"write it as {PARTNER}/{REGION}/"):
        adapter.tags(f"{PARTNER}/{API}", {})


@pytest.mark.parametrize(
    ("regions", "roles", "text"),
    [
        ((), (), "it has no regions"),
        (("ireland",), (), "'ireland' is no region"),
        ((REGION, REGION), (), f"{REGION} is named twice"),
        ((REGION, OTHER, OTHER), (), f"{OTHER} is named twice"),
        ((REGION,), ("watcher",), "'watcher' is no role"),
        ((REGION,), (f"{PARTNER_ROLE}\n",), "is no role"),
        ((REGION,), (PARTNER_ROLE, f"{PARTNER_ROLE}-2"), f"{PARTNER}/{REGION} is named twice"),
    ],
)
def test_places_that_cannot_work_are_refused(
    regions: tuple[str, ...], roles: tuple[str, ...], text: str
) -> None:
    with pytest.raises(UsageError, match=text):
        registry(regions, roles)


def test_what_is_known_of_one_account_says_nothing_of_another(subject: EcrSubject) -> None:
    digest = subject.push(API, "1.0", image())
    subject.server.store.push(API, "2.0", image("2"), account=PARTNER)
    adapter = registry((REGION,), (PARTNER_ROLE,))
    listing = adapter.tags(THEIRS, seen({"1.0": digest}))
    assert [one.tag for one in listing.sightings] == ["2.0"]
    assert listing.complete
