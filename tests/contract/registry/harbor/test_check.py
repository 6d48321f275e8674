"""`watcher doctor` tells apart what can be wrong with a Harbor."""

from __future__ import annotations

import pytest

from tests.contract.registry.harbor.asking import registry
from tests.contract.registry.images import image
from tests.contract.registry.subjects.harbor import ROBOT, USER
from tests.servers.harbor import EVERYTHING, Account, Harbor
from tests.servers.hostile import Reply, Seen, hostile
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.harbor import HarborRegistry
from watcher.domain.errors import (
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    UsageError,
)

pytestmark = pytest.mark.servers


@pytest.fixture
def ready(stub: Harbor) -> Harbor:
    stub.records.push("shop/api", "1.0", image())
    stub.records.repository("shop/a-first-and-empty-one")
    return stub


@pytest.mark.parametrize("login", [USER, ROBOT], ids=["user", "robot"])
def test_fine(ready: Harbor, login: Account) -> None:
    adapter = registry(ready, login)
    line = f"{ready.url} answers as {login.name}; repositories included: 2"
    assert adapter.check().line == line
    assert adapter.traffic.manifest_gets == 0


def test_fine_without_credentials_says_that_only_what_is_public_is_seen(ready: Harbor) -> None:
    line = f"{ready.url} answers without credentials, what is public; repositories included: 0"
    assert registry(ready, None).check().line == line


@pytest.mark.parametrize("reply", [Reply(404), Reply(200, {}, b"<html>hello</html>")])
def test_a_wrong_host(reply: Reply) -> None:
    with hostile(lambda _: reply) as server:
        with pytest.raises(PermanentError, match=r"is no Harbor.*correct the url"):
            HarborRegistry("local", server.url).check()
        assert len(server.seen) == 1


def test_a_host_where_nobody_is(ready: Harbor) -> None:
    adapter = registry(ready)
    ready.down = True
    with pytest.raises(TransientError):
        adapter.check()


@pytest.mark.parametrize("login", [USER, ROBOT], ids=["user", "robot"])
def test_wrong_credentials(ready: Harbor, login: Account) -> None:
    with pytest.raises(UnauthorizedError, match="the username or password is refused"):
        registry(ready, login, secret=f"not {login.secret}").check()


def test_a_url_that_leads_elsewhere_is_not_a_wrong_password(ready: Harbor) -> None:
    def moved(seen: Seen) -> Reply:
        return Reply(308, {"Location": f"{ready.url}{seen.path}"})

    with hostile(moved, "127.0.0.2") as front:
        ready.records.project("shop").public = True
        credentials = Credentials(USER.name, USER.secret)
        adapter = HarborRegistry("local", front.url, credentials=credentials)
        with pytest.raises(UnauthorizedError, match=r"sends us on to there.*correct the url"):
            adapter.check()


@pytest.mark.parametrize("missing", ["list repository", "list artifact", "pull repository"])
@pytest.mark.parametrize("robot", [False, True])
def test_a_missing_permission_is_named(ready: Harbor, missing: str, *, robot: bool) -> None:
    narrow = Account("narrow", "s", robot=robot, permissions=EVERYTHING - {missing})
    ready.accounts[narrow.name] = narrow
    with pytest.raises(UnauthorizedError) as caught:
        registry(ready, narrow).check()
    assert f"`{missing}`" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rate_limited(ready: Harbor) -> None:
    ready.fail("repositories", Reply(429, {"Retry-After": "60"}))
    with pytest.raises(RateLimitedError, match="429"):
        registry(ready).check()


def test_a_password_changed_since_is_noticed(ready: Harbor) -> None:
    adapter = registry(ready)
    adapter.check()
    ready.accounts.clear()
    with pytest.raises(UnauthorizedError):
        adapter.check()


def test_an_include_without_a_project_can_be_no_repository() -> None:
    with pytest.raises(UsageError, match="include 'api' is no repository of Harbor"):
        registry(Harbor(), include=("api",))
