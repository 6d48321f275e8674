"""https means https: certificates are checked, and nothing leads down to plain http."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.hostile import Reply, hostile
from tests.servers.tunnel import tunnel
from watcher.adapters.http import Connecting, Http, Retrying
from watcher.domain.errors import PermanentError, TransientError

pytestmark = pytest.mark.servers

ONCE = Retrying(attempts=1)


@dataclass(frozen=True, slots=True)
class Secure:
    url: str
    ca: Path


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that signs itself; returns its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "watcher's tests")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca, private = folder / "ca.pem", folder / "key.pem"
    ca.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return ca, private


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Secure]:
    with hostile(lambda _: Reply(body=b"plain")) as plain:

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(302 if self.path == "/down" else 200)
                self.send_header("Location", plain.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        ca, private = certificate(tmp_path)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ca, private)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield Secure(f"https://127.0.0.1:{server.server_port}", ca)
        server.shutdown()
        thread.join()
        server.server_close()
        assert plain.seen == []


def test_a_certificate_nobody_vouches_for_is_refused(secure: Secure) -> None:
    with pytest.raises(PermanentError, match="certificate is not trusted; set tls_ca"):
        Http(Connecting(retrying=ONCE)).request("GET", secure.url + "/")


def test_tls_ca_vouches_for_it(secure: Secure) -> None:
    client = Http(Connecting(tls_ca=secure.ca, retrying=ONCE))
    assert client.request("GET", secure.url + "/").status == 200


def test_a_redirect_down_to_plain_http_is_refused(secure: Secure) -> None:
    client = Http(Connecting(tls_ca=secure.ca, retrying=ONCE))
    with pytest.raises(PermanentError, match="from https to plain http"):
        client.request("GET", secure.url + "/down")


def test_plain_http_where_https_is_expected_is_a_passing_failure() -> None:
    with hostile(lambda _: Reply()) as server, pytest.raises(TransientError, match="TLS"):
        Http(Connecting(retrying=ONCE)).request("GET", server.url.replace("http", "https") + "/")


def test_a_proxy_carries_https_without_reading_it(secure: Secure) -> None:
    with tunnel() as proxy:
        client = Http(Connecting(tls_ca=secure.ca, proxy=proxy.url, retrying=ONCE))
        for _ in range(2):
            assert client.request("GET", secure.url + "/").status == 200
        client.close()
        assert set(proxy.targets) == {secure.url.removeprefix("https://")}


def test_another_authority_than_the_one_that_is_trusted_is_said(
    secure: Secure, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other")
    with pytest.raises(PermanentError, match="not trusted by what tls_ca holds; correct tls_ca"):
        Http(Connecting(tls_ca=other, retrying=ONCE)).request("GET", secure.url + "/")


def test_a_certificate_for_another_name_is_said(secure: Secure) -> None:
    client = Http(Connecting(tls_ca=secure.ca, retrying=ONCE))
    with pytest.raises(PermanentError, match="its certificate is for another name"):
        client.request("GET", secure.url.replace("127.0.0.1", "localhost") + "/")


def test_the_wrong_scheme_is_hinted_at_either_way(secure: Secure) -> None:
    client = Http(Connecting(retrying=ONCE))
    with pytest.raises(TransientError, match="where TLS is spoken, write https://"):
        client.request("GET", secure.url.replace("https", "http") + "/")
    plain = pytest.raises(TransientError, match="where plain HTTP is meant, write http://")
    with hostile(lambda _: Reply()) as server, plain:
        client.request("GET", server.url.replace("http", "https") + "/")


def test_a_server_that_says_so_itself_is_believed() -> None:
    said = Reply(400, {}, b"Client sent an HTTP request to an HTTPS server.")
    told = pytest.raises(PermanentError, match="TLS is spoken there: write https://")
    with hostile(lambda _: said) as server, told:
        Http(Connecting(retrying=ONCE)).request("GET", server.url + "/")
