"""An authority for one cluster, and the certificates it signs, as files."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_UNTIL = _SINCE + timedelta(days=36_500)
_PREFIX = "DASK_DISTRIBUTED__COMM__TLS__"


def certified(folder: Path) -> dict[str, str]:
    """Make an authority and a certificate for everybody; returns Dask's settings that name them."""
    return certified_each(folder, ["127.0.0.1"])["127.0.0.1"]


def certified_each(folder: Path, hosts: Sequence[str]) -> dict[str, dict[str, str]]:
    """Make an authority and a certificate for each host, in folders of theirs.

    Returns Dask's settings on each host; nobody has another one's key.
    """
    folder.mkdir()
    own = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("authority", "authority", own.public_key(), own)
    (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return {host: _settings(folder, host, own) for host in hosts}


def _settings(folder: Path, host: str, authority: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    place = folder / host
    place.mkdir(mode=0o700)
    theirs = ec.generate_private_key(ec.SECP256R1())
    signed = _certificate("authority", "cluster", theirs.public_key(), authority, host)
    (place / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key = theirs.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (place / "key.pem").write_bytes(key)
    roles = ("CLIENT", "SCHEDULER", "WORKER")
    return {
        f"{_PREFIX}CA_FILE": str(folder / "ca.pem"),
        **{f"{_PREFIX}{role}__CERT": str(place / "cert.pem") for role in roles},
        **{f"{_PREFIX}{role}__KEY": str(place / "key.pem") for role in roles},
    }


def _certificate(
    issuer: str,
    subject: str,
    key: ec.EllipticCurvePublicKey,
    signing: ec.EllipticCurvePrivateKey,
    host: str = "127.0.0.1",
) -> x509.Certificate:
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    authority = x509.BasicConstraints(ca=issuer == subject, path_length=None)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_SINCE)
        .not_valid_after(_UNTIL)
        .add_extension(authority, critical=True)
        .add_extension(loopback, critical=False)
        .sign(signing, hashes.SHA256())
    )
