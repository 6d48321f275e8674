"""Proxies come from the configuration, else from the environment; never for this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.hostile import Reply, hostile
from watcher.adapters.http import Connecting, Http, Retrying
from watcher.domain.errors import TransientError, UsageError

pytestmark = pytest.mark.servers

ONCE = Retrying(attempts=1)


def test_a_configured_proxy_is_used() -> None:
    with hostile(lambda _: Reply(body=b"by proxy")) as proxy:
        client = Http(Connecting(proxy=proxy.url, retrying=ONCE))
        assert client.request("GET", "http://registry.invalid/v2/").body == b"by proxy"
        assert proxy.seen[0].path == "http://registry.invalid/v2/"


def test_a_proxy_of_the_environment_is_used_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(lambda _: Reply(body=b"by proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        client = Http(Connecting(retrying=ONCE))
        assert client.request("GET", "http://registry.invalid/v2/").body == b"by proxy"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with hostile(lambda _: Reply(body=b"by proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("all_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        with hostile(lambda _: Reply(body=b"direct"), host) as server:
            client = Http(Connecting(retrying=ONCE))
            assert client.request("GET", server.url + "/").body == b"direct"


def test_an_unreachable_proxy_is_named_as_the_reason_without_its_password() -> None:
    client = Http(Connecting(proxy="http://me:s3cret@127.0.0.1:9", retrying=ONCE))
    with pytest.raises(TransientError, match="proxy") as caught:
        client.request("GET", "http://registry.invalid/v2/")
    assert "s3cret" not in repr(caught.value)


def test_a_missing_file_of_certificates_is_said_at_once() -> None:
    with pytest.raises(UsageError, match="tls_ca"):
        Connecting(tls_ca=Path("/nowhere/ca.pem"))
