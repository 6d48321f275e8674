"""A registry behind a proxy of its own: the scanner pulls through it, as the adapter lists."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.scanner.conftest import NOON
from tests.servers.hostile import Reply, Seen, hostile
from tests.servers.tunnel import tunnel
from watcher.adapters.http import Connecting
from watcher.adapters.registries.oci import OciRegistry
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.demo.workshop import DebianPackage, Pusher, Registry, debian_base, trivy_database
from watcher.demo.workshop import Image as Built
from watcher.demo.workshop.locate import find_tool
from watcher.domain.errors import TransientError
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

pytestmark = pytest.mark.servers

BEHIND = "http://registry.invalid"  # a name that no resolver knows
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@pytest.fixture
def knowledge(tmp_path: Path) -> KnowledgeFiles:
    return KnowledgeFiles(trivy_database([], [], updated_at=NOON).unpack(tmp_path / "kn") / "db")


@pytest.fixture
def scanner(tmp_path: Path) -> TrivyScanner:
    return TrivyScanner(str(find_tool("trivy")), tmp_path / "state", 60)


def forwarding(to: str) -> Callable[[Seen], Reply]:
    """Fetch what is asked of the host behind the proxy; there is no TLS there."""

    def answer(seen: Seen) -> Reply:
        if not seen.path.startswith(BEHIND):
            return Reply(502)
        wanted = {key: seen.headers[key] for key in ("accept",) if key in seen.headers}
        url = to + seen.path.removeprefix(BEHIND)
        asked = urllib.request.Request(url, headers=wanted, method=seen.method)  # noqa: S310
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked) as found:
                kept = {k: v for k, v in found.headers.items() if k != "Transfer-Encoding"}
                return Reply(found.status, kept, found.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code)

    return answer


@pytest.mark.parametrize("elsewhere", [False, True], ids=["none beside it", "another beside it"])
def test_an_image_behind_a_proxy_is_listed_and_catalogued_through_it(
    tmp_path: Path,
    knowledge: KnowledgeFiles,
    scanner: TrivyScanner,
    monkeypatch: pytest.MonkeyPatch,
    *,
    elsewhere: bool,
) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    if elsewhere:  # what the process is told of proxies is not for this registry
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "registry.invalid")
    built = Built((debian_base("12.5", [DebianPackage("openssl", "1.0")]),))
    with Registry(tmp_path / "registry") as registry, Pusher(registry.url) as pusher:
        pusher.push_image("app", "1.0", built)
        with hostile(forwarding(registry.url)) as proxy:
            adapter = OciRegistry("local", BEHIND, connecting=Connecting(proxy=proxy.url))
            assert [one.tag for one in adapter.tags("app", {}).sightings] == ["1.0"]
            before = len(proxy.seen)
            catalogue = scanner.catalog(adapter.pull_access("app", built.digest), knowledge)
            assert len(proxy.seen) > before
    assert [one.package.name for one in catalogue.occurrences] == ["openssl"]


def test_https_goes_through_the_proxy_too(knowledge: KnowledgeFiles, scanner: TrivyScanner) -> None:
    with tunnel() as proxy:
        access = PullAccess(
            f"registry.invalid/app@sha256:{'0' * 64}", plain_http=False, proxy=proxy.url
        )
        with pytest.raises(Exception, match=r"registry\.invalid"):
            scanner.catalog(access, knowledge)
    assert proxy.targets[0] == "registry.invalid:443"


def test_the_proxys_password_is_told_to_nobody(
    knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    access = PullAccess(
        f"registry.invalid/app@sha256:{'0' * 64}",
        plain_http=False,
        proxy="http://me:s3cret@127.0.0.1:9",
    )
    with pytest.raises(TransientError, match="proxyconnect") as caught:
        scanner.catalog(access, knowledge)
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(access)
