"""Redirects are followed by hand: a few, never downwards, never with credentials elsewhere."""

from __future__ import annotations

import pytest

from tests.servers.hostile import Reply, Seen, hostile, routed
from watcher.adapters.http import Http
from watcher.domain.errors import PermanentError

pytestmark = pytest.mark.servers

SECRET = {"Authorization": "Bearer secret-token"}
FOUND = {"/there": Reply(body=b"found")}


def to(location: str, status: int = 307) -> Reply:
    return Reply(status, {"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_stay_within_the_origin(client: Http, status: int) -> None:
    with hostile(routed({"/": to("/there", status), **FOUND})) as server:
        assert client.request("GET", server.url + "/", headers=SECRET).body == b"found"
        assert [one.headers.get("authorization") for one in server.seen] == [
            "Bearer secret-token",
            "Bearer secret-token",
        ]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_credentials_never_go_to_another_origin(client: Http, host: str) -> None:
    # Another port of the same machine is another origin too.
    with hostile(routed(FOUND), host) as other:
        with hostile(lambda _: to(other.url + "/there")) as server:
            answer = client.request("GET", server.url + "/", headers={**SECRET, "Accept": "x/y"})
            assert answer.body == b"found"
            assert len(server.seen) == 1
        assert "authorization" not in other.seen[0].headers
        assert other.seen[0].headers["accept"] == "x/y"


def test_credentials_dropped_once_do_not_come_back(client: Http) -> None:
    place: dict[str, str] = {}
    with hostile(lambda _: to(place["home"] + "/there")) as other:
        routes = routed({"/": to(other.url + "/back"), **FOUND})
        with hostile(routes) as server:
            place["home"] = server.url
            client.request("GET", server.url + "/", headers=SECRET)
            (last,) = server.asked("/there")
            assert "authorization" not in last.headers


def test_a_circle_of_redirects_ends(client: Http) -> None:
    with hostile(lambda _: to("/")) as server:
        with pytest.raises(PermanentError, match="more than 5 redirects"):
            client.request("GET", server.url + "/")
        assert len(server.seen) == 6


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://[::1",
        "http://user:secret-password@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://exa mple/",
        "http://\x1b[31m/",
        "gopher:",
    ],
)
def test_a_redirect_to_nowhere_sensible_is_refused(client: Http, location: str) -> None:
    with hostile(lambda _: to(location)) as server:
        with pytest.raises(PermanentError) as caught:
            client.request("GET", server.url + "/", headers=SECRET)
        assert len(server.seen) == 1
    assert "secret" not in repr(caught.value)
    assert str(caught.value).isprintable()


def test_what_changes_something_is_not_redirected(client: Http) -> None:
    with hostile(routed({"/": to("/there"), **FOUND})) as server:
        with pytest.raises(PermanentError, match="redirected"):
            client.request("POST", server.url + "/", content=b"{}")
        assert [one.method for one in server.seen] == ["POST"]


def test_cookies_are_never_sent_back(client: Http) -> None:
    def answer(seen: Seen) -> Reply:
        location = {"Location": "/there"} if seen.path == "/" else {}
        status = 302 if location else 200
        return Reply(status, {"Set-Cookie": "sid=1; Path=/", **location}, b"")

    with hostile(answer) as server:
        for _ in range(3):
            client.request("GET", server.url + "/")
        assert not [one for one in server.seen if "cookie" in one.headers]
