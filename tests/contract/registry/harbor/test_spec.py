"""The description of the API judges requests and answers, and finds what is wrong with each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.servers.harbor import Spec
from tests.servers.hostile import Reply, Seen

ARTIFACTS = "/api/v2.0/projects/shop/repositories/deep%252Fapi/artifacts"
WHOLE = "/api/v2.0/projects/shop/artifacts?page=1&page_size=100&sort=id&with_tag=true"


def asked(path: str, method: str = "GET", **headers: str) -> Seen:
    return Seen(method, path, headers, 0)


def given(*entries: object, status: int = 200, total: str = "1") -> Reply:
    return Reply(status, {"X-Total-Count": total}, json.dumps(entries).encode())


@pytest.mark.parametrize(
    "path", [WHOLE, f"{ARTIFACTS}?page=2", "/api/v2.0/users/current", "/api/v2.0/ping"]
)
def test_what_is_described_passes(path: str) -> None:
    assert Spec.read().request_problems(asked(path)) == []


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        (asked("/api/v2.0/projects/shop/images"), "no such operation"),
        (asked("/api/v2.0/projects/shop/repositories/deep/api/artifacts"), "no such operation"),
        (asked(WHOLE, "DELETE"), "no such operation"),
        (asked(f"{ARTIFACTS}?pagesize=5"), "there is no parameter pagesize"),
        (asked(f"{ARTIFACTS}?page_size=101"), "maximum of 100"),
        (asked(f"{ARTIFACTS}?page=one"), "no integer"),
        (asked(f"{ARTIFACTS}?with_tag=yes"), "no boolean"),
        (asked(f"{ARTIFACTS}?page=1&page=2"), "given twice"),
        (asked(WHOLE, **{"x-is-resource-name": "1"}), "no boolean"),
    ],
)
def test_a_request_that_is_not_described_is_found_out(seen: Seen, problem: str) -> None:
    (found,) = Spec.read().request_problems(seen)
    assert problem in found


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (given({"id": "7"}), "is not of type 'integer'"),
        (given({"name": "an artifact has none"}), "'name' was unexpected"),
        (given({"push_time": "yesterday"}), "is not a 'date-time'"),
        (given({"tags": [{"immutable": None}]}), "is not of type 'boolean'"),
        (given(total="many"), "no integer"),
        (given(status=418), "a status that is not described"),
        (Reply(403, {}, b'{"errors": "forbidden"}'), "is not of type 'array'"),
    ],
)
def test_an_answer_that_is_not_described_is_found_out(reply: Reply, problem: str) -> None:
    (found,) = Spec.read().answer_problems(asked(ARTIFACTS), reply)
    assert problem in found


def test_the_policy_in_the_documentation_is_one_that_harbor_takes() -> None:
    page = Path(__file__).parents[4] / "docs" / "registries" / "harbor.md"
    policy = page.read_text("utf-8").partition("```json")[2].partition("```")[0]
    assert Spec.read().schema_problems("RobotCreate", json.loads(policy)) == []
    assert Spec.read().schema_problems("RobotCreate", {"rights": []}) != []
