"""The three releases that bases stand on, and what each source package installs on day 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A source package: its version on day 0, and the binary packages that it installs."""

    version: str
    binaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """A release as advisories name it, its point release, and its sources by name.

    Every base on it has the sources of `core`; the others are there for those that ask.
    """

    bucket: str
    release: str
    core: tuple[str, ...]
    sources: Mapping[str, Source]

    @property
    def is_alpine(self) -> bool:
        """Whether packages are installed by apk, not by dpkg."""
        return self.bucket.startswith("alpine")


def _read(table: str) -> dict[str, Source]:
    rows = (line.split() for line in table.strip().splitlines())
    return {name: Source(version, tuple(binaries)) for name, version, *binaries in rows}


_DEBIAN_CORE = (
    *("base-files", "bash", "coreutils", "dpkg", "glibc", "gnutls28", "libgcrypt20", "libtasn1-6"),
    *("ncurses", "openssl", "pam", "perl", "shadow", "systemd", "tar", "util-linux", "zlib"),
)

DEBIAN_12 = System(
    "debian 12",
    "12.5",
    _DEBIAN_CORE,
    _read("""
        base-files   12.4+deb12u5            base-files
        bash         5.2.15-2                bash
        coreutils    9.1-1                   coreutils
        curl         7.88.1-10+deb12u5       libcurl4 curl
        dpkg         1.21.22                 dpkg
        expat        2.5.0-1                 libexpat1
        freetype     2.12.1+dfsg-5+deb12u3   libfreetype6
        glibc        2.36-9+deb12u4          libc6 libc-bin
        gnutls28     3.7.9-2+deb12u2         libgnutls30
        krb5         1.20.1-2+deb12u1        libgssapi-krb5-2 libkrb5-3
        libgcrypt20  1.10.1-3                libgcrypt20
        libtasn1-6   4.19.0-2                libtasn1-6
        libxml2      2.9.14+dfsg-1.3~deb12u1 libxml2
        libxslt      1.1.35-1                libxslt1.1
        ncurses      6.4-4                   libtinfo6 ncurses-base
        nghttp2      1.52.0-1+deb12u1        libnghttp2-14
        nginx        1.28.0-1~bookworm       nginx
        openssl      3.0.11-1~deb12u2        libssl3 openssl
        pam          1.5.2-6+deb12u1         libpam0g
        perl         5.36.0-7+deb12u1        perl-base
        shadow       1:4.13+dfsg1-1          passwd login
        sqlite3      3.40.1-2                libsqlite3-0
        systemd      252.22-1~deb12u1        libsystemd0 libudev1
        tar          1.34+dfsg-1.2+deb12u1   tar
        tiff         4.5.0-6+deb12u1         libtiff6
        util-linux   2.38.1-5                util-linux libmount1
        zlib         1:1.2.13.dfsg-1         zlib1g
    """),
)

DEBIAN_11 = System(
    "debian 11",
    "11.9",
    _DEBIAN_CORE,
    _read("""
        base-files   11.1+deb11u9              base-files
        bash         5.1-2+deb11u1             bash
        coreutils    8.32-4                    coreutils
        curl         7.74.0-1.3+deb11u11       libcurl4 curl
        dpkg         1.20.13                   dpkg
        expat        2.2.10-2+deb11u5          libexpat1
        freetype     2.10.4+dfsg-1+deb11u1     libfreetype6
        glibc        2.31-13+deb11u8           libc6 libc-bin
        gnutls28     3.7.1-5+deb11u4           libgnutls30
        krb5         1.18.3-6+deb11u4          libgssapi-krb5-2 libkrb5-3
        libgcrypt20  1.8.7-6                   libgcrypt20
        libtasn1-6   4.16.0-2                  libtasn1-6
        ncurses      6.2+20201114-2+deb11u2    libtinfo6 ncurses-base
        nghttp2      1.43.0-1+deb11u1          libnghttp2-14
        openssl      1.1.1n-0+deb11u5          libssl1.1 openssl
        pam          1.4.0-9+deb11u1           libpam0g
        perl         5.32.1-4+deb11u2          perl-base
        shadow       1:4.8.1-1                 passwd login
        sqlite3      3.34.1-3                  libsqlite3-0
        systemd      247.3-7+deb11u4           libsystemd0 libudev1
        tar          1.34+dfsg-1+deb11u1       tar
        util-linux   2.36.1-8+deb11u1          util-linux libmount1
        zlib         1:1.2.11.dfsg-2+deb11u2   zlib1g
    """),
)

ALPINE_3_19 = System(
    "alpine 3.19",
    "3.19.1",
    ("alpine-baselayout", "busybox", "musl", "openssl", "zlib"),
    _read("""
        alpine-baselayout  3.4.3-r2                alpine-baselayout
        busybox            1.36.1-r15              busybox ssl_client
        c-ares             1.22.1-r0               c-ares
        curl               8.5.0-r0                libcurl
        expat              2.5.0-r2                libexpat
        libxml2            2.11.6-r0               libxml2
        libxslt            1.1.39-r0               libxslt
        musl               1.2.4_git20230717-r4    musl musl-utils
        nghttp2            1.57.0-r0               nghttp2-libs
        nginx              1.28.0-r1               nginx
        openssl            3.1.4-r5                libcrypto3 libssl3
        pcre2              10.42-r1                pcre2
        zlib               1.3.1-r0                zlib
    """),
)
