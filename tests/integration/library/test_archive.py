"""Hostile and damaged archives: one clear line, and nothing left behind."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.adapters.library import FolderLibrary
from watcher.domain.errors import PermanentError
from watcher.ports.library import Shelf

ONE = "sha256:" + "a" * 64
Pack = Callable[..., bytes]

METADATA = {
    "Version": 2,
    "UpdatedAt": "2026-01-31T12:00:00.123456789Z",
    "NextUpdate": "2026-02-01T12:00:00Z",
    "DownloadedAt": "0001-01-01T00:00:00Z",
}


def metadata(**changes: object) -> bytes:
    return json.dumps({**METADATA, **changes}).encode()


def receive(library: FolderLibrary, archive: bytes, shelf: Shelf = "db") -> None:
    with library.receiving(ONE) as path:
        path.write_bytes(archive)
        library.unpack(shelf, ONE, path)


def refused(library: FolderLibrary, archive: bytes, shelf: Shelf = "db") -> str:
    """The reason; whatever it is, nothing is left of the archive."""
    with pytest.raises(PermanentError) as caught:
        receive(library, archive, shelf)
    assert "\n" not in str(caught.value)
    assert not library.has(shelf, ONE)
    assert [path for path in library._root.rglob("*") if path.name != ".staging"] == []
    return str(caught.value)


def complaint(library: FolderLibrary, archive: bytes) -> str | None:
    """The reason where the archive is refused, None where it stands ready."""
    try:
        receive(library, archive)
    except PermanentError as error:
        return str(error)
    return None


def special(name: str, kind: bytes, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry, b""


GOOD = (("trivy.db", b"x"), ("metadata.json", metadata()))


def test_two_plain_files_are_all_it_takes(library: FolderLibrary, packed: Pack) -> None:
    receive(library, packed(*GOOD))
    assert library.updated_at("db", ONE).isoformat() == "2026-01-31T12:00:00.123456+00:00"


def test_the_folder_around_them_may_be_there(library: FolderLibrary, packed: Pack) -> None:
    entries = [(f"./{name}", content) for name, content in GOOD]
    receive(library, packed(special("./", tarfile.DIRTYPE), *entries))
    assert library.has("db", ONE)


def test_extended_headers_of_other_tools_are_fine(library: FolderLibrary, packed: Pack) -> None:
    entry = tarfile.TarInfo("trivy.db")
    entry.pax_headers = {"comment": "made elsewhere", "mtime": "1769860800.5"}
    receive(library, packed((entry, b"x"), GOOD[1], tar_format=tarfile.PAX_FORMAT))
    assert library.has("db", ONE)


@pytest.mark.parametrize(
    "entry",
    [
        ("../trivy.db", b"x"),
        ("/trivy.db", b"x"),
        ("db/trivy.db", b"x"),
        ("./../metadata.json", b"x"),
        ("././trivy.db", b"x"),
        ("README", b"x"),
        ("trivy.db\x1b[2J", b"x"),
        ("trivy-java.db", b"x"),
        special("trivy.db", tarfile.SYMTYPE, "/etc/passwd"),
        special("trivy.db", tarfile.LNKTYPE, "metadata.json"),
        special("trivy.db", tarfile.CHRTYPE),
        special("trivy.db", tarfile.BLKTYPE),
        special("trivy.db", tarfile.FIFOTYPE),
        special("trivy.db", tarfile.DIRTYPE),
        special("trivy.db", tarfile.GNUTYPE_SPARSE),
        special("..", tarfile.DIRTYPE),
        special("sub", tarfile.DIRTYPE),
        special("trivy.db", b"V"),
    ],
    ids=lambda entry: repr(entry[0] if isinstance(entry[0], str) else entry[0].type),
)
def test_anything_but_the_two_plain_files_is_refused(
    library: FolderLibrary, packed: Pack, entry: tuple[str | tarfile.TarInfo, bytes]
) -> None:
    assert "none of its two plain files" in refused(library, packed(entry, *GOOD))
    assert not (library._root.parent.parent / "trivy.db").exists()


def test_a_name_is_shown_without_its_escapes(library: FolderLibrary, packed: Pack) -> None:
    reason = refused(library, packed(("a\x1b[2Jb" + "c" * 500, b"")))
    assert reason.isprintable()
    assert len(reason) < 200


def test_a_file_that_stands_twice_is_refused(library: FolderLibrary, packed: Pack) -> None:
    assert refused(library, packed(*GOOD, ("./trivy.db", b"y"))) == "the archive has trivy.db twice"


def test_a_missing_file_is_named(library: FolderLibrary, packed: Pack) -> None:
    assert refused(library, packed(GOOD[0])) == "the archive lacks metadata.json"
    assert refused(library, packed()) == "the archive lacks metadata.json, trivy.db"


def test_the_other_database_is_refused(library: FolderLibrary, db: bytes, java_db: bytes) -> None:
    assert "'trivy-java.db'" in refused(library, java_db)
    assert "'trivy.db'" in refused(library, db, "java-db")


def test_very_many_entries_are_refused(library: FolderLibrary, packed: Pack) -> None:
    folders = [special("./", tarfile.DIRTYPE)] * 1_000
    assert "more than 16 entries" in refused(library, packed(*folders, *GOOD))


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, packed: Pack) -> None:
    library = FolderLibrary(tmp_path / "var", largest=10_000_000)
    bomb = packed(("trivy.db", bytes(20_000_000)), GOOD[1])
    assert len(bomb) < 60_000
    assert refused(library, bomb) == "the archive unpacks to more than 10000000 bytes"


def test_a_bomb_behind_the_files_is_refused(library: FolderLibrary, packed: Pack) -> None:
    archive = packed(*GOOD) + gzip.compress(bytes(20_000_000))
    assert refused(library, archive) == "the archive goes on behind its end"


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_header_without_end_takes_no_memory(library: FolderLibrary, kind: bytes) -> None:
    entry = tarfile.TarInfo("trivy.db")
    entry.type, entry.size = kind, 4 * 1024**3
    archive = gzip.compress(entry.tobuf() + bytes(16_000_000))
    tracemalloc.start()
    reason = refused(library, archive)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reason == "the archive has an entry whose headers have no end"
    assert peak < 8_000_000


def test_a_sparse_file_of_very_many_pieces_takes_no_memory(library: FolderLibrary) -> None:
    entry = tarfile.TarInfo("trivy.db")
    entry.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "trivy.db",
        "GNU.sparse.realsize": "1",
    }
    entry.size = 2**31
    head = entry.tobuf(tarfile.PAX_FORMAT)
    archive = gzip.compress(head + b"999999999\n" + b"0\n" * 2_000_000)
    assert "no end" in refused(library, archive)


def test_a_claimed_size_is_not_believed(library: FolderLibrary) -> None:
    entry = tarfile.TarInfo("trivy.db")
    entry.size = 8 * 1024**4
    assert "cut off or damaged" in refused(library, gzip.compress(entry.tobuf() + b"x" * 512))


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"\x1f\x8b",
        b"no archive",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"no tar" * 1000, mtime=0),
    ],
)
def test_what_is_no_archive_is_refused(library: FolderLibrary, archive: bytes) -> None:
    assert refused(library, archive).startswith("the archive ")


@settings(deadline=None)  # a disk may be slow
@given(share=st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_real_archive_cut_off_anywhere_is_refused(db: bytes, share: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        refused(FolderLibrary(Path(folder)), db[: int(len(db) * share)])


@settings(deadline=None)  # a disk may be slow
@given(share=st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_tar_cut_off_anywhere_inside_a_whole_gzip_is_refused(db: bytes, share: float) -> None:
    whole = gzip.decompress(db)
    used = len(whole.rstrip(b"\x00"))
    with tempfile.TemporaryDirectory() as folder:
        refused(FolderLibrary(Path(folder)), gzip.compress(whole[: int(used * share)], 1))


@settings(deadline=None)  # a disk may be slow
@given(place=st.floats(min_value=0, max_value=1, exclude_max=True), mask=st.integers(1, 255))
def test_one_changed_byte_is_refused_or_changes_no_content(
    db: bytes, place: float, mask: int
) -> None:
    damaged = bytearray(db)
    damaged[int(len(db) * place)] ^= mask
    with tempfile.TemporaryDirectory() as folder:
        library = FolderLibrary(Path(folder))
        reason = complaint(library, bytes(damaged))
        assert library.has("db", ONE) == (reason is None)
        # Only gzip's own header, of which nothing is used, has no checksum over it.
        if reason is None:
            content = (library.files(ONE, None).db / "trivy.db").read_bytes()
            assert content == member(db, "trivy.db")


def member(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        found = opened.extractfile(name)
        assert found
        return found.read()


@settings(deadline=None)  # a disk may be slow
@given(place=st.integers(0, 511), value=st.integers(0, 255))
def test_whatever_a_header_says_it_is_read_or_refused(packed: Pack, place: int, value: int) -> None:
    tar = bytearray(zlib.decompress(packed(*GOOD), 31))
    tar[place] = value
    # With a fitting checksum, so that the header is believed.
    tar[148:156] = b" " * 8
    tar[148:156] = b"%06o\0 " % sum(tar[:512])
    with tempfile.TemporaryDirectory() as folder:
        library = FolderLibrary(Path(folder))
        reason = complaint(library, gzip.compress(bytes(tar), 1))
        assert library.has("db", ONE) == (reason is None)
        assert reason is None or "\n" not in reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "metadata.json is no JSON"),
        (b"[]", "metadata.json is no JSON object"),
        (b"[" * 60_000, "metadata.json is no JSON"),
        (b"\xff", "metadata.json is no JSON"),
        (b" " * 65_537, "metadata.json is larger than 65536 bytes"),
        (metadata(Version=None), "metadata.json has no Version, a whole number"),
        (metadata(Version="2"), "metadata.json has no Version, a whole number"),
        (metadata(Version=True), "metadata.json has no Version, a whole number"),
        (metadata(Version=1), "metadata.json says schema version 1, not the 2 in use"),
        (
            metadata(Version=3),
            (
                "metadata.json says schema version 3, newer than the 2 that this watcher and its "
                "Trivy read: upgrade both, or name the artifact of the older schema"
            ),
        ),
        (metadata(UpdatedAt=None), "metadata.json has no UpdatedAt, a time of RFC 3339"),
        (metadata(UpdatedAt=7), "metadata.json has no UpdatedAt, a time of RFC 3339"),
        (metadata(UpdatedAt="2026-01-31"), "metadata.json has no UpdatedAt, a time of RFC 3339"),
        (
            metadata(UpdatedAt="2026-01-31T12:00:00"),
            "metadata.json has no UpdatedAt, a time of RFC 3339",
        ),
        (
            metadata(UpdatedAt="2026-02-31T12:00:00Z"),
            "metadata.json has no UpdatedAt, a time of RFC 3339",
        ),
        (
            metadata(UpdatedAt="0001-01-01T00:00:00+14:00"),
            "metadata.json has no UpdatedAt, a time of RFC 3339",
        ),
        (
            metadata(UpdatedAt="0001-01-01T00:00:00Z"),
            "metadata.json has an UpdatedAt that was never set",
        ),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_metadata_is_read_strictly(
    library: FolderLibrary, packed: Pack, content: bytes, reason: str
) -> None:
    assert refused(library, packed(GOOD[0], ("metadata.json", content))) == reason


def test_an_offset_is_counted(library: FolderLibrary, packed: Pack) -> None:
    given_time = metadata(UpdatedAt="2026-01-31T13:30:00+01:30")
    receive(library, packed(GOOD[0], ("metadata.json", given_time)))
    assert library.updated_at("db", ONE).isoformat() == "2026-01-31T12:00:00+00:00"


def test_an_empty_database_is_refused(library: FolderLibrary, packed: Pack) -> None:
    assert refused(library, packed(("trivy.db", b""), GOOD[1])) == "trivy.db is empty"


def test_a_java_database_that_is_cut_off_or_none_is_refused(
    library: FolderLibrary, packed: Pack, java_db: bytes
) -> None:
    whole = member(java_db, "trivy-java.db")
    first = ("metadata.json", metadata(Version=1))
    cut = packed(first, ("trivy-java.db", whole[:-1]))
    assert refused(library, cut, "java-db") == (
        f"trivy-java.db is cut off: {len(whole) - 1} bytes of {len(whole)}"
    )
    for content in (b"SQLite format 3\0", b"x" * 200):
        archive_bytes = packed(first, ("trivy-java.db", content))
        assert refused(library, archive_bytes, "java-db") == "trivy-java.db is no SQLite file"
