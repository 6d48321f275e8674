"""What Harbor passes over in silence is no news: each is an error, or made sure of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from tests.contract.registry.harbor.asking import listed, registry, remembered, swept
from tests.contract.registry.images import image
from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.harbor import Account, Harbor, stand_in
from tests.servers.hostile import Reply
from watcher.adapters.registries.harbor import HarborRegistry
from watcher.adapters.registries.harbor.identity import Identity
from watcher.demo.workshop import Index, signature
from watcher.domain.errors import NotFoundError, UnauthorizedError
from watcher.ports.registry import Listing

pytestmark = pytest.mark.servers

WRONG = "not-the-password"

ATTEMPTS: tuple[Callable[[HarborRegistry], object], ...] = (
    lambda adapter: list(adapter.repositories()),
    lambda adapter: adapter.tags("open/api", {}),
    lambda adapter: adapter.listings(adapter.groups(["open/api"])[0], {}, thorough=True),
    lambda adapter: adapter.listings(
        adapter.groups(["open/api", "open/web"])[0], {}, thorough=True
    ),
    lambda adapter: adapter.check(),
)


@pytest.fixture
def half_open(stub: Harbor) -> Harbor:
    """A Harbor with a public project and a private one."""
    stub.records.project("open", public=True)
    stub.records.push("open/api", "1.0", image("open"))
    stub.records.push("shop/api", "1.0", image("shop"))
    return stub


@pytest.mark.parametrize("login", [USER, ROBOT], ids=["user", "robot"])
@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("include", ["**", "open/**", "open/api"])
def test_a_wrong_password_is_no_smaller_registry(
    half_open: Harbor, login: Account, attempt: Callable[[HarborRegistry], object], include: str
) -> None:
    adapter = registry(half_open, login, include=(include,), secret=WRONG)
    with pytest.raises(UnauthorizedError, match="password is refused") as caught:
        attempt(adapter)
    assert WRONG not in repr(caught.value)


def test_a_login_is_proved_again_after_ten_minutes(
    half_open: Harbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    adapter = registry(half_open)
    monkeypatch.setattr(adapter, "_identity", Identity(adapter._api, lambda: clock[0]))
    half_open.records.projects.pop("shop")  # nothing private is left that would prove it
    assert list(adapter.repositories()) == ["open/api"]
    half_open.accounts.clear()
    clock[0] = 599.0
    assert list(adapter.repositories()) == ["open/api"]
    clock[0] = 601.0
    with pytest.raises(UnauthorizedError):
        list(adapter.repositories())


def test_a_private_project_among_those_shown_proves_the_login(half_open: Harbor) -> None:
    assert len(list(registry(half_open).repositories())) == 2
    assert half_open.counts["users/current"] == 0
    half_open.records.projects["shop"].public = True
    assert len(list(registry(half_open).repositories())) == 2
    assert half_open.counts["users/current"] == 1


def test_a_robot_is_known_by_a_project_of_its_own(half_open: Harbor) -> None:
    assert list(registry(half_open, ROBOT, include=("shop/**",)).repositories()) == ["shop/api"]
    assert (half_open.counts["users/current"], half_open.counts["project"]) == (1, 1)


@pytest.mark.parametrize(
    ("include", "found"), [("shop/*", ["shop/api"]), ("**", ["open/api", "shop/api"])]
)
def test_a_robot_that_may_not_read_projects_still_lists(
    half_open: Harbor, include: str, found: list[str]
) -> None:
    may = frozenset({"list repository"})
    narrow = Account("robot$narrow", "s", robot=True, projects=["shop"], permissions=may)
    half_open.accounts[narrow.name] = narrow
    assert list(registry(half_open, narrow, include=(include,)).repositories()) == found


def test_nobody_sees_what_is_public_and_is_content(half_open: Harbor) -> None:
    found = swept(registry(half_open, None))
    assert {path: list(listed(one)) for path, one in found.items()} == {"open/api": ["1.0"]}


def test_a_repository_that_is_not_there_is_not_an_empty_one(half_open: Harbor) -> None:
    with pytest.raises(NotFoundError):
        registry(half_open).tags("shop/none", {})
    assert half_open.counts["artifacts"] == 1


@pytest.mark.parametrize("path", ["shop/a", "shop/a/b", "shop/a/b/c", "shop/a.b-c__d/e", "shop/7"])
def test_names_are_escaped_twice_and_go_without_their_project(stub: Harbor, path: str) -> None:
    digest = stub.records.push(path, "1.0", image())
    assert listed(registry(stub).tags(path, {})) == {"1.0": digest}
    asked = urlsplit(stub.asked[-1].path).path
    name = path.removeprefix("shop/").replace("/", "%252F")
    assert asked == f"/api/v2.0/projects/shop/repositories/{name}/artifacts"


def test_a_project_called_by_a_number_is_called_by_its_name(stub: Harbor) -> None:
    digest = stub.records.push("2024/api", "1.0", image())
    found = swept(registry(stub))
    assert listed(found["2024/api"]) == {"1.0": digest}
    assert all("x-is-resource-name" in one.headers for one in stub.asked if "2024" in one.path)


def test_pages_are_counted_and_no_link_is_followed(stub: Harbor) -> None:
    for number in range(12):
        stub.records.push(f"shop/r{number:02}", "1.0", image(str(number)))
    assert len(swept(registry(stub, page=5))) == 12
    asked = [one.path for one in stub.asked if "/artifacts?" in one.path]
    assert [path.partition("?")[2] for path in asked] == [
        f"page={number}&page_size=5&sort=id&with_tag=true" for number in (1, 2, 3)
    ]


def test_a_tag_was_pushed_when_it_moved_not_when_its_digest_came(stub: Harbor) -> None:
    records = stub.records
    first = records.push("shop/api", "1.0", image("1"))
    records.push("shop/api", "latest", image("2"))
    records.tag("shop/api", "latest", first)
    moved = records.now
    (old, new) = registry(stub).tags("shop/api", {}).sightings
    assert (old.tag, new.tag) == ("1.0", "latest")
    assert new.pushed_at == moved > datetime(2026, 3, 1, tzinfo=UTC)
    assert old.pushed_at is not None
    assert old.pushed_at < moved


def test_a_time_of_the_year_one_is_none(stub: Harbor) -> None:
    stub.records.push("shop/api", "1.0", image())
    artifact = next(stub.records.repository("shop/api").listed())
    artifact.tags["1.0"].pushed_at = None
    (seen,) = registry(stub).tags("shop/api", {}).sightings
    assert seen.pushed_at is None


def test_signatures_charts_and_children_are_no_tags(stub: Harbor) -> None:
    index = Index((image("a"), image("b", "linux/arm64")))
    digest = stub.records.push("shop/api", "1.0", index)
    stub.records.push("shop/api", *signature(digest))
    stub.records.push("shop/api", "chart", image("c"))
    chart = stub.records.repository("shop/api").tagged("chart")
    assert chart is not None
    chart.type = "CHART"
    assert listed(registry(stub).tags("shop/api", {})) == {"1.0": digest}


def test_a_tag_that_moved_to_a_chart_is_told_as_moved(stub: Harbor) -> None:
    stub.records.push("shop/api", "1.0", image("1"))
    known = remembered(swept(registry(stub)))
    moved = stub.records.push("shop/api", "1.0", image("2"))
    artifact = stub.records.repository("shop/api").tagged("1.0")
    assert artifact is not None
    artifact.type = "CHART"
    found = swept(registry(stub), known)["shop/api"]
    assert listed(found) == {"1.0": moved}
    assert stub.counts["HEAD manifests"] == 0


def test_a_steady_pass_touches_no_pull_time(stub: Harbor) -> None:
    for number in range(3):
        stub.records.push(f"shop/r{number}", "1.0", image(str(number)))
    adapter = registry(stub)
    known = remembered(swept(adapter))
    assert remembered(swept(adapter, known)) == known
    assert adapter.traffic.manifest_gets == 0
    artifacts = [
        artifact for path in known for artifact in stub.records.repository(path).artifacts.values()
    ]
    assert {one.pulled_at for one in artifacts} == {None}
    assert {tag.pulled_at for one in artifacts for tag in one.tags.values()} == {None}
    adapter.manifest("shop/r0", image("0").digest)
    assert artifacts[0].pulled_at is not None


def test_a_project_called_manifests_counts_as_no_pull(stub: Harbor) -> None:
    for name in ("blobs", "manifests"):
        stub.records.place(f"manifests/{name}", "1.0", stand_in(name))
    adapter = registry(stub)
    swept(adapter)
    adapter.tags("manifests/manifests", {})
    assert adapter.traffic.manifest_gets == adapter.traffic.bytes_pulled == 0


def test_a_name_that_is_no_tag_is_said_to_be_none(stub: Harbor) -> None:
    digest = stub.records.push("shop/api", "1.0", image())
    artifact = next(stub.records.repository("shop/api").listed())
    artifact.tags["-x\x1b"] = artifact.tags["1.0"]
    artifact.tags["-x\x1b"].name = "-x\x1b"
    stub.records.tag("shop/api", "1.1", digest)
    listing = registry(stub).tags("shop/api", {})
    assert "no tag" in listing.failed["'-x\\x1b'"]
    assert [one.tag for one in listing.sightings] == ["1.1"]


def test_an_empty_project_asks_nothing_of_each_repository(stub: Harbor) -> None:
    for name in ("a", "b", "c"):
        stub.records.repository(f"shop/{name}")
    found = swept(registry(stub))
    assert found == dict.fromkeys(("shop/a", "shop/b", "shop/c"), Listing((), complete=True))
    assert stub.counts["artifacts"] == stub.counts["repository"] == 0


def test_a_failed_login_is_not_asked_for_each_project(half_open: Harbor) -> None:
    half_open.fail("users/current", Reply(401))
    adapter = registry(half_open, include=("shop/**",))
    with pytest.raises(UnauthorizedError):
        list(adapter.repositories())
    assert len(half_open.asked) == 1
