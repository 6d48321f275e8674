"""How a cluster is spoken to: over TLS with certificates, or not beyond this machine."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from distributed import Security

from watcher.domain.errors import UsageError

_KEY: Final = "executor.dask.scheduler"
_WHERE: Final = "DASK_DISTRIBUTED__COMM__TLS__"
_ADVICE: Final = (
    f"name them where Dask itself looks, {_WHERE}CA_FILE, {_WHERE}CLIENT__CERT and "
    f"{_WHERE}CLIENT__KEY"
)


def security_for(address: str) -> Security:
    """What a connection to a scheduler needs; raises UsageError where it would not be safe.

    Tasks hold the passwords of registries, and whoever speaks to a scheduler runs code on its
    workers, so plain TCP stays on loopback. Certificates are Dask's own settings, which its
    scheduler and workers read too: https://distributed.dask.org/en/stable/tls.html
    """
    parts = urlsplit(address)
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname or ""):
        raise UsageError(
            f"{_KEY}: {address} is plain TCP to another machine, which shows passwords on the way "
            "and lets anybody run code on the workers: use tls://, or an address of loopback"
        )
    security = Security()
    try:
        context = security.get_connection_args("client")["ssl_context"]
    except OSError as error:
        raise UsageError(f"{_KEY}: a certificate cannot be read ({error}): {_ADVICE}") from error
    if parts.scheme == "tls" and context is None:
        raise UsageError(f"{_KEY}: tls:// needs certificates: {_ADVICE}")
    return security


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
