"""Whatever the API's description allows to be asked is answered, and as it is described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi import checks as conforming

from tests.integration.web.browser import Browser

EXAMPLES = 15  # of each route
CHECKS = [
    schemathesis.checks.not_a_server_error,
    conforming.status_code_conformance,
    conforming.content_type_conformance,
    conforming.response_schema_conformance,
]


PATHS = [
    *("report", "exposures", "streams", "images", "knowledge", "bumps", "find"),
    *("published", "published/{number}", "cyclonedx"),
]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_whatever_may_be_asked_is_answered_as_described(
    web: Browser, name: str, mode: schemathesis.GenerationMode
) -> None:
    schema = schemathesis.openapi.from_url(f"{web.address}/api/v1/openapi.json")
    operation = schema[f"/api/v1/{name}"]["GET"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


def test_every_route_of_the_description_is_asked(web: Browser) -> None:
    paths = web.get("/api/v1/openapi.json").json()["paths"]
    assert {f"/api/v1/{name}" for name in PATHS} == set(paths)
