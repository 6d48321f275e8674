"""What AWS says no with, and what fails on the way: one clear line for each, of the right kind."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest

from tests.contract.registry.images import image
from tests.contract.registry.subjects.ecr import CONNECTING, EcrSubject, registry
from tests.servers.ecr import PARTNER, PARTNER_ROLE, REGION, Ecr, refusal, silence
from tests.servers.ecr.identities import SECRET_KEY
from tests.servers.hostile import Reply, hostile
from watcher.adapters.http import Retrying, Timeouts
from watcher.adapters.registries.ecr import EcrRegistry
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

pytestmark = pytest.mark.servers

API = "shop/api"
ONCE = replace(CONNECTING, retrying=Retrying(attempts=1))


def asking_once() -> EcrRegistry:
    return registry(connecting=ONCE)


@pytest.mark.parametrize(
    ("reply", "kind", "text"),
    [
        (refusal("RepositoryNotFoundException"), NotFoundError, "there is no such thing"),
        (refusal("ThrottlingException"), RateLimitedError, "a lower rate helps"),
        (refusal("TooManyRequestsException"), RateLimitedError, "a lower rate helps"),
        (Reply(429), RateLimitedError, "a lower rate helps"),
        (refusal("ServerException", status=500), TransientError, "AWS is in trouble"),
        (Reply(503, body=b"<html>"), TransientError, "AWS is in trouble"),
        (refusal("ExpiredTokenException"), UnauthorizedError, "renew the credentials"),
        (refusal("UnrecognizedClientException"), UnauthorizedError, "region is not enabled"),
        (refusal("OptInRequired"), UnauthorizedError, "enable it, or remove it"),
        (refusal("InvalidSignatureException"), UnauthorizedError, "secret access key is wrong"),
        (
            refusal("InvalidSignatureException", "Signature expired: 1 is now earlier than 2"),
            UnauthorizedError,
            "clock is wrong",
        ),
        (refusal("RequestTimeTooSkewed"), UnauthorizedError, "clock is wrong"),
        (refusal("AccessDeniedException"), UnauthorizedError, "may not ecr:DescribeImages"),
        (
            refusal("AccessDeniedException", "is not authorized to perform: kms:Decrypt on x"),
            UnauthorizedError,
            "may not kms:Decrypt",
        ),
        (
            refusal("AccessDeniedException", "... with an explicit deny in a policy"),
            UnauthorizedError,
            "remove what denies it",
        ),
        (refusal("InvalidParameterException"), PermanentError, "does not accept the request"),
        (refusal("\x1b[31mX"), PermanentError, "does not accept the request"),
        (
            Reply(404, body=b"<html>"),
            PermanentError,
            "this is no ECR: correct AWS_ENDPOINT_URL_ECR",
        ),
        (Reply(304), PermanentError, "this is no ECR: correct AWS_ENDPOINT_URL_ECR"),
        (Reply(204), TransientError, "has no imageDetails"),
    ],
)
def test_every_no_has_its_kind_and_one_clear_line(
    server: Ecr, reply: Reply, kind: type[AttemptError], text: str
) -> None:
    server.fail("DescribeImages", reply)
    with pytest.raises(AttemptError, match=text) as caught:
        asking_once().tags(API, {})
    assert type(caught.value) is kind
    line = str(caught.value)
    assert line.startswith("local in eu-west-1: DescribeImages of shop/api")
    assert line.isprintable()


def test_a_pause_that_is_asked_for_is_passed_on(server: Ecr) -> None:
    server.fail("DescribeImages", refusal("ThrottlingException", headers={"Retry-After": "120"}))
    with pytest.raises(RateLimitedError) as caught:
        asking_once().tags(API, {})
    assert caught.value.retry_after == 120


@pytest.mark.parametrize(
    "reply",
    [refusal("ThrottlingException"), refusal("ServerException", status=500), silence()],
)
def test_what_fails_once_is_asked_again(server: Ecr, reply: Reply) -> None:
    server.store.push(API, "1.0", image())
    server.fail("DescribeImages", reply, times=1)
    assert len(registry().tags(API, {}).sightings) == 1
    assert server.counts["DescribeImages"] == 2


@pytest.mark.parametrize(
    "reply",
    [refusal("ThrottlingException"), refusal("ServerException", status=500), silence()],
)
def test_what_fails_again_and_again_is_left_alone(server: Ecr, reply: Reply) -> None:
    server.fail("DescribeImages", reply)
    with pytest.raises(TransientError):
        registry().tags(API, {})
    assert server.counts["DescribeImages"] == CONNECTING.retrying.attempts


def test_every_attempt_counts_as_traffic(server: Ecr) -> None:
    server.fail("DescribeImages", refusal("ServerException", status=500))
    adapter = registry()
    with pytest.raises(TransientError):
        adapter.tags(API, {})
    assert adapter.traffic.requests == 2
    assert adapter.traffic.manifest_gets == 0


def test_an_answer_that_never_ends_is_given_up(server: Ecr) -> None:
    server.fail("DescribeImages", Reply(script=lambda _: time.sleep(1.5)))
    hasty = replace(ONCE, timeouts=Timeouts(connect=1, read=0.2, total=0.5))
    with pytest.raises(TransientError, match="no answer in time"):
        registry(connecting=hasty).tags(API, {})


def test_nobody_at_the_address_is_said_with_the_region(
    subject: EcrSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    del subject
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", "http://127.0.0.1:9")
    with pytest.raises(TransientError, match=r"local in eu-west-1: .*nobody answers there"):
        list(asking_once().repositories())


def test_a_signed_request_is_never_redirected(server: Ecr) -> None:
    with hostile(lambda _: Reply(body=b"{}"), "127.0.0.2") as thief:
        server.fail("DescribeImages", Reply(307, {"Location": f"{thief.url}/"}))
        with pytest.raises(PermanentError, match="redirected"):
            asking_once().tags(API, {})
        assert thief.seen == []


def test_a_rate_paces_the_api_too(server: Ecr) -> None:
    server.store.push(API, "1.0", image())
    adapter = registry(connecting=replace(CONNECTING, rate=20.0))
    adapter.tags(API, {})
    began = time.monotonic()
    for _ in range(6):
        adapter.tags(API, {})
    assert time.monotonic() - began >= 0.25


def test_a_proxy_is_asked_for_the_api_and_for_sessions_too(
    subject: EcrSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    del subject
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", "http://ecr.invalid")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://sts.invalid")
    with hostile(lambda _: Reply(403)) as proxy:
        adapter = registry((REGION,), (PARTNER_ROLE,), connecting=replace(ONCE, proxy=proxy.url))
        for path in (API, f"{PARTNER}/{REGION}/{API}"):
            with pytest.raises(AttemptError):
                adapter.tags(path, {})
        assert [one.path for one in proxy.seen] == ["http://ecr.invalid/", "http://sts.invalid/"]


def test_no_credentials_at_all_says_what_to_do(
    subject: EcrSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    adapter = asking_once()
    with pytest.raises(UnauthorizedError, match="no credentials"):
        adapter.tags(API, {})
    assert subject.server.calls == []
    monkeypatch.setenv("AWS_PROFILE", "of-nobody")
    with pytest.raises(UnauthorizedError, match="no credentials"):
        adapter.tags(API, {})


def test_credentials_that_come_later_are_found(
    subject: EcrSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject.push(API, "1.0", image())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "")
    adapter = asking_once()
    with pytest.raises(UnauthorizedError):
        adapter.tags(API, {})
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    assert len(adapter.tags(API, {}).sightings) == 1


def test_no_secret_is_in_any_log_or_error(
    subject: EcrSubject, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server, digest = subject.server, subject.push(API, "1.0", image())
    good = registry()
    access = good.pull_access(API, digest)
    good.manifest(API, digest)
    with pytest.raises(UnauthorizedError) as caught:
        subject.refused().tags(API, {})
    told = "".join((caplog.text, repr(caught.value), repr(good.__dict__), repr(access)))
    tokens = list(server.api.tokens)
    assert len(tokens) == 1
    for secret in (SECRET_KEY, "not-the-password", "AWS4-HMAC-SHA256", *tokens):
        assert secret not in told
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
