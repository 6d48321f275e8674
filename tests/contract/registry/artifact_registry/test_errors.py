"""Errors of the API, each as one line that says what to do."""

from __future__ import annotations

import json

import pytest

from tests.contract.registry.artifact_registry.place import (
    FIRST,
    SECOND,
    Renewing,
    registry,
    tags,
)
from tests.contract.registry.images import image
from tests.servers.artifact_registry import Fault, Stub, artifact_registry
from tests.servers.hostile import Reply, hostile
from watcher.adapters.registries.artifact_registry import Transport
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

pytestmark = pytest.mark.servers

API = "docker/shop/api"
LIST = "artifactregistry.repositories.list"
IMAGES = "artifactregistry.dockerimages.list"
DENIED = f"Permission '{LIST}' denied on resource '//x' (or it may not exist)."


def failed(stub: Stub, transport: Transport, kind: str, fault: Fault) -> AttemptError:
    """Let a list fail; gives the error, which is one line without secrets."""
    stub.store.push(API, "1.0", image())
    stub.fail(kind, fault)
    with pytest.raises(AttemptError) as caught:
        list(registry(stub, transport, login=Renewing()).repositories())
    assert str(caught.value).isprintable()
    assert not any(token in repr(caught.value) for token in (FIRST, SECOND))
    assert caught.value.__cause__ is None
    return caught.value


@pytest.mark.parametrize(
    ("kind", "fault", "says"),
    [
        (
            "repositories",
            Fault("PERMISSION_DENIED", "no", "IAM_PERMISSION_DENIED", {"permission": LIST}),
            f"the permission {LIST} is missing",
        ),
        ("repositories", Fault("PERMISSION_DENIED", DENIED), f"the permission {LIST} is missing"),
        ("repositories", Fault("PERMISSION_DENIED", "no"), f"the permission {LIST} is missing"),
        ("dockerImages", Fault("PERMISSION_DENIED", "no"), f"the permission {IMAGES} is missing"),
        (
            "repositories",
            Fault("PERMISSION_DENIED", "x", "SERVICE_DISABLED", {"consumer": "projects/7"}),
            "the API is not enabled in 'projects/7'; run gcloud services enable",
        ),
        (
            "repositories",
            Fault("PERMISSION_DENIED", "x", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            "lack the scope cloud-platform",
        ),
        (
            "dockerImages",
            Fault("PERMISSION_DENIED", "by VPC", "SECURITY_POLICY_VIOLATED"),
            "'SECURITY_POLICY_VIOLATED', 'by VPC'",
        ),
    ],
)
def test_a_refusal_names_what_is_missing(
    stub: Stub, transport: Transport, kind: str, fault: Fault, says: str
) -> None:
    error = failed(stub, transport, kind, fault)
    assert isinstance(error, UnauthorizedError)
    assert says in str(error)


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        ("UNAUTHENTICATED", UnauthorizedError, "the access token is refused"),
        ("UNAVAILABLE", TransientError, "UNAVAILABLE"),
        ("DEADLINE_EXCEEDED", TransientError, "DEADLINE_EXCEEDED"),
        ("INTERNAL", TransientError, "INTERNAL"),
        ("INVALID_ARGUMENT", PermanentError, "it is not accepted"),
        ("UNIMPLEMENTED", PermanentError, "correct the endpoint"),
    ],
)
def test_every_status_has_its_kind(
    stub: Stub, transport: Transport, status: str, kind: type[AttemptError], says: str
) -> None:
    error = failed(stub, transport, "dockerImages", Fault(status, "\x1b[31m\n"))
    assert type(error) is kind or (kind is PermanentError and isinstance(error, kind))
    assert says in str(error)


def test_a_wrong_project_or_location_is_no_absence(stub: Stub, transport: Transport) -> None:
    error = failed(stub, transport, "repositories", Fault("NOT_FOUND", "projects/acme"))
    assert not isinstance(error, NotFoundError)
    assert "correct project and location" in str(error)


class TestPatience:
    """Failures that pass."""

    @pytest.mark.parametrize("status", ["UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED"])
    def test_a_failure_that_passes_is_sat_out(
        self, stub: Stub, transport: Transport, status: str
    ) -> None:
        pushed = stub.store.push(API, "1.0", image())
        stub.fail("dockerImages", Fault(status, times=2))
        adapter = registry(stub, transport)
        assert tags(adapter, API) == {"1.0": pushed}
        assert stub.asked("dockerImages") == adapter.traffic.requests == 3

    def test_a_failure_that_stays_is_given_up(self, stub: Stub, transport: Transport) -> None:
        error = failed(stub, transport, "dockerImages", Fault("UNAVAILABLE"))
        assert isinstance(error, TransientError)
        assert stub.asked("dockerImages") == 3

    def test_a_refusal_is_not_repeated(self, stub: Stub, transport: Transport) -> None:
        failed(stub, transport, "dockerImages", Fault("PERMISSION_DENIED"))
        assert stub.asked("dockerImages") == 1

    def test_a_quota_that_is_used_up_is_told_with_its_pause(
        self, stub: Stub, transport: Transport
    ) -> None:
        error = failed(stub, transport, "dockerImages", Fault("RESOURCE_EXHAUSTED", delay=30.5))
        assert isinstance(error, RateLimitedError)
        assert error.retry_after == 30.5
        assert stub.asked("dockerImages") == 1

    def test_a_short_pause_is_sat_out(self, stub: Stub, transport: Transport) -> None:
        pushed = stub.store.push(API, "1.0", image())
        stub.fail("dockerImages", Fault("RESOURCE_EXHAUSTED", delay=0.05, times=1))
        assert tags(registry(stub, transport), API) == {"1.0": pushed}

    def test_a_token_refused_in_the_middle_of_a_list_is_renewed(self, transport: Transport) -> None:
        tokens = {FIRST}
        with artifact_registry(transport, tokens) as stub:
            pushed = [stub.store.push(API, f"1.{one}", image(str(one))) for one in range(3)]

            def turned(page: int) -> None:
                if page == 1:
                    tokens.add(SECOND)
                    tokens.remove(FIRST)

            stub.store.turned = turned
            login = Renewing()
            found = tags(registry(stub, transport, login=login, page=1), API)
        assert sorted(found.values()) == sorted(pushed)
        assert login.renewals == 1

    def test_a_token_refused_by_the_token_server_is_renewed(self, transport: Transport) -> None:
        with artifact_registry(transport, {SECOND}) as stub:
            pushed = stub.store.push(API, "1.0", image())
            login = Renewing()
            assert registry(stub, transport, login=login).resolve(API, "1.0").digest == pushed
        assert login.renewals == 1


class TestPages:
    """Pages that do not lead to an end."""

    @pytest.mark.parametrize("token", ["again", "x" * 10_000])
    def test_pages_that_do_not_end_are_refused(
        self, stub: Stub, transport: Transport, token: str
    ) -> None:
        stub.fail("repositories", Fault(token=token))
        stub.store.page = lambda names, *_: (names, "")  # type: ignore[method-assign]
        with pytest.raises(PermanentError, match="do not end"):
            list(registry(stub, transport).repositories())
        assert stub.asked("repositories") <= 2

    def test_an_answer_too_long_to_read_is_refused(self, stub: Stub, transport: Transport) -> None:
        stub.store.push(API, "1.0", image())
        for row in stub.store.repositories["docker"].rows.values():
            row.artifact_type = "x" * (33 * 1024 * 1024)
        with pytest.raises(PermanentError, match="longer than the"):
            registry(stub, transport).tags(API, {})

    def test_a_row_that_says_what_it_cannot_is_an_error(
        self, stub: Stub, transport: Transport
    ) -> None:
        stub.store.push(API, "1.0", image())
        for row in stub.store.repositories["docker"].rows.values():
            row.digest = "sha512:0"
        with pytest.raises(PermanentError, match="is no image's name there"):
            list(registry(stub, transport).repositories())


REST = [
    (
        Reply(404, body=b"<html>"),
        PermanentError,
        "not from Artifact Registry; correct the endpoint",
    ),
    (Reply(body=b"<html>"), PermanentError, "not JSON"),
    (Reply(body=b""), PermanentError, "not JSON"),
    (Reply(body=b"[]"), PermanentError, "not a JSON object"),
    (Reply(body=b'{"status": "ok"}'), PermanentError, "the answer is no list"),
    (Reply(body=b'{"dockerImages": {"a": 1}}'), PermanentError, "not Artifact Registry's"),
    (Reply(body=b'{"dockerImages": [{"uploadTime": "9"}]}'), PermanentError, "not Artifact"),
    (Reply(body=b'{"dockerImages": [{"name": "x"'), PermanentError, "not JSON"),
    (
        Reply(headers={"Content-Length": "9", "Connection": "close"}, body=b"{}"),
        TransientError,
        "cut short",
    ),
    (Reply(headers={"Content-Length": str(10**12)}), PermanentError, "longer than"),
    (Reply(script=lambda _: None), TransientError, "the connection broke"),
    (Reply(502, body=b"<html>"), TransientError, "502"),
    (Reply(429, {"Retry-After": "3600"}), RateLimitedError, "429"),
    (Reply(401), UnauthorizedError, "the access token is refused"),
    (Reply(403), UnauthorizedError, "403"),
]


@pytest.mark.parametrize(("reply", "kind", "says"), REST)
def test_an_answer_that_is_none_is_a_failure_and_no_absence(
    reply: Reply, kind: type[AttemptError], says: str
) -> None:
    with artifact_registry() as stub:
        error = failed(stub, "rest", "dockerImages", Fault(reply=reply))
    assert isinstance(error, kind)
    assert not isinstance(error, NotFoundError)
    assert says in str(error)


def test_a_429_says_how_long_to_wait() -> None:
    with artifact_registry() as stub:
        fault = Fault("RESOURCE_EXHAUSTED", headers={"Retry-After": "77"})
        error = failed(stub, "rest", "dockerImages", fault)
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == 77


def test_a_token_is_not_taken_along_to_another_host() -> None:
    page = json.dumps({"repositories": []}).encode()
    with hostile(lambda _: Reply(body=page), "127.0.0.2") as thief, artifact_registry() as stub:
        away = Reply(302, {"Location": f"{thief.url}/v1/x"})
        stub.fail("repositories", Fault(reply=away))
        list(registry(stub, login=Renewing()).repositories())
        assert "authorization" not in thief.seen[0].headers
        assert stub.seen[0].headers["authorization"] == f"Bearer {FIRST}"


def test_nothing_proves_who_we_are_where_nobody_logs_in(stub: Stub, transport: Transport) -> None:
    stub.store.push(API, "1.0", image())
    adapter = registry(stub, transport)
    adapter.check()
    assert all("authorization" not in seen.headers for seen in stub.seen)
    access = adapter.pull_access(API, image().digest)
    assert (access.username, access.password) == (None, None)
