"""What `watcher doctor` tells of a registry at AWS: what is wrong, and which right is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.registry.images import image
from tests.contract.registry.subjects.ecr import CONNECTING, EcrSubject, registry
from tests.servers.ecr import HOME, PARTNER, PARTNER_ROLE, REGION, Ecr, refusal
from tests.servers.hostile import Reply, hostile, routed
from watcher.adapters.http import Retrying
from watcher.domain.errors import (
    AttemptError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)
from watcher.domain.pattern import Selection

pytestmark = pytest.mark.servers

API = "shop/api"
ONCE = replace(CONNECTING, retrying=Retrying(attempts=1))
RIGHTS = (
    "DescribeRepositories",
    "DescribeImages",
    "GetAuthorizationToken",
    "BatchGetImage",
    "GetDownloadUrlForLayer",
)


def test_all_is_well(server: Ecr) -> None:
    server.store.push(API, "1.0", image())
    server.store.push("shop/web", "1.0", image(), account=PARTNER)
    line = registry((REGION,), (PARTNER_ROLE,)).check().line
    assert line == (
        f"ECR answers in {REGION}, in {REGION} as {PARTNER_ROLE}; repositories included: 2"
    )


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("account", [HOME, PARTNER])
def test_a_right_that_is_missing_is_named_with_who_needs_it(
    server: Ecr, right: str, account: str
) -> None:
    for each in (HOME, PARTNER):
        server.store.push(API, "1.0", image(), account=each)
    server.denied[right] = account
    with pytest.raises(UnauthorizedError, match=f"may not ecr:{right}: allow it") as caught:
        registry((REGION,), (PARTNER_ROLE,)).check()
    assert f"::{account}:" in str(caught.value)


def test_a_role_that_nobody_lets_us_assume_is_named(server: Ecr) -> None:
    server.sessions.trusting.clear()
    with pytest.raises(UnauthorizedError, match="may not sts:AssumeRole"):
        registry((REGION,), (PARTNER_ROLE,)).check()


def test_a_secret_that_is_wrong(subject: EcrSubject) -> None:
    with pytest.raises(UnauthorizedError, match="the secret access key is wrong"):
        subject.refused().check()


def test_an_access_key_that_nobody_knows(server: Ecr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODYNOBODYNOBO")
    with pytest.raises(UnauthorizedError, match="AWS does not know the access key"):
        registry().check()
    assert server.counts["DescribeRepositories"] == 2  # once more with credentials read anew


def test_an_address_where_something_else_answers(
    server: Ecr, monkeypatch: pytest.MonkeyPatch
) -> None:
    del server
    with hostile(routed({"/": Reply(body=b"<html>hello</html>")})) as other:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", other.url)
        with pytest.raises(TransientError, match="has no repositories"):
            registry().check()


def test_an_address_where_nobody_answers(server: Ecr, monkeypatch: pytest.MonkeyPatch) -> None:
    del server
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", "http://127.0.0.1:9")
    with pytest.raises(TransientError, match="nobody answers there"):
        registry(connecting=ONCE).check()


def test_too_many_requests(server: Ecr) -> None:
    server.fail("DescribeRepositories", refusal("ThrottlingException"))
    with pytest.raises(RateLimitedError):
        registry(connecting=ONCE).check()


def test_a_repository_that_is_not_there_yet_is_no_complaint(server: Ecr) -> None:
    del server
    line = registry(selection=Selection.parse(("shop/not-yet",))).check().line
    assert line.endswith("repositories included: 1")


def test_credentials_are_tried_where_the_catalogue_is_not_asked(subject: EcrSubject) -> None:
    subject.refused()
    with pytest.raises(AttemptError, match="the secret access key is wrong"):
        registry(selection=Selection.parse((API,))).check()
