"""Unit tests touch no network and start no program: both are poisoned here."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from typing import NoReturn

import pytest
from hypothesis import settings

# A unit run takes seconds; tests/properties looks longer and says how long itself.
settings.register_profile("unit", max_examples=20, deadline=None, database=None)
settings.load_profile("unit")

# Everything a client library would call first: to resolve a name, to connect, to send.
NETWORK = ("connect", "connect_ex", "sendto", "bind")


# Per module, since Hypothesis runs a test many times within one function's fixtures.
@pytest.fixture(autouse=True, scope="module")
def _poison() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in NETWORK:
            patch.setattr(socket.socket, name, _no_network)
        patch.setattr(socket, "getaddrinfo", _no_network)
        patch.setattr(subprocess.Popen, "__init__", _no_program)
        patch.setattr(os, "system", _no_program)
        yield


def _no_network(*_: object, **__: object) -> NoReturn:
    pytest.fail("a unit test reached for the network; it belongs into tests/integration")


def _no_program(*_: object, **__: object) -> NoReturn:
    pytest.fail("a unit test started a program; it belongs into tests/integration")
