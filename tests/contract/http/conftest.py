"""A client that gives up soon."""

from __future__ import annotations

import pytest

from watcher.adapters.http import Connecting, Http, Retrying, Timeouts

QUICK = Timeouts(connect=1, read=0.5, total=1)
AT_ONCE = Retrying(attempts=3, within=3, first=0, longest=0.3, jitter=0)


@pytest.fixture
def client() -> Http:
    return Http(Connecting(timeouts=QUICK, retrying=AT_ONCE))
