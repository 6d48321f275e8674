"""What may be spoken to, and with what."""

from __future__ import annotations

from pathlib import Path

import dask
import pytest

from tests.integration.dask.certificates import certified
from watcher.adapters.executors.security import security_for
from watcher.domain.errors import UsageError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "[::1]", "localhost"])
def test_plain_tcp_is_fine_on_loopback(host: str) -> None:
    assert security_for(f"tcp://{host}:8786").get_connection_args("client")["ssl_context"] is None


@pytest.mark.parametrize("host", ["10.0.0.1", "scheduler.example", "localhost.example", "[::2]"])
def test_plain_tcp_to_another_machine_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="use tls://, or an address of loopback"):
        security_for(f"tcp://{host}:8786")


def test_tls_without_certificates_says_where_to_name_them() -> None:
    with pytest.raises(UsageError, match="DASK_DISTRIBUTED__COMM__TLS__CA_FILE"):
        security_for("tls://scheduler.example:8786")


def test_a_certificate_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    certified(tmp_path / "certificates")
    named = {
        "distributed.comm.tls.ca-file": str(tmp_path / "certificates" / "ca.pem"),
        "distributed.comm.tls.client.cert": str(tmp_path / "nothing.pem"),
    }
    with dask.config.set(named), pytest.raises(UsageError, match="certificate cannot be read"):
        security_for("tls://scheduler.example:8786")
