"""A certificate that has expired: one line that says so, and no failure that looks like an end."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from watcher.config.registries import OciSettings
from watcher.crewing import registry_of
from watcher.domain.errors import NotFoundError, WatcherError

pytestmark = pytest.mark.servers
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def expired(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine that was good for a day, long ago, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)
        .not_valid_after(LONG_AGO + dt.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


@contextmanager
def secured(certificate: Path, key: Path) -> Iterator[str]:
    """A server that shows a certificate; what it would answer nobody hears."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake is expected
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_expired_certificate_is_named_and_nothing_counts_as_gone(tmp_path: Path) -> None:
    certificate, key = expired(tmp_path)
    with secured(certificate, key) as address:
        told = {"kind": "oci", "name": "local", "url": address, "tls_ca": str(certificate)}
        settings = OciSettings.model_validate(told)
        registry = registry_of(settings)
        with pytest.raises(WatcherError, match="expired") as listed:
            list(registry.repositories())
        with pytest.raises(WatcherError, match="expired") as checked:
            registry.check()
    for caught in (listed, checked):
        assert not isinstance(caught.value, NotFoundError)
        assert "\n" not in str(caught.value)
