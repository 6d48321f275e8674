"""The stub, and nothing else that AWS's tools would find."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.registry.subjects.ecr import EcrSubject, served
from tests.servers.ecr import Ecr


@pytest.fixture
def subject() -> Iterator[EcrSubject]:
    with served() as one:
        yield one


@pytest.fixture
def server(subject: EcrSubject) -> Ecr:
    return subject.server
