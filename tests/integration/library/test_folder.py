"""The library on disk: whole databases or none, whatever happens in between."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.adapters.library import FolderLibrary
from watcher.domain.errors import PermanentError, TransientError
from watcher.ports.library import Library, Shelf

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ONE, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def receive(library: FolderLibrary, shelf: Shelf, digest: str, archive: bytes) -> None:
    with library.receiving(digest) as path:
        path.write_bytes(archive)
        library.unpack(shelf, digest, path)


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_real_database_stands_ready_where_trivy_looks(
    library: FolderLibrary, db: bytes, tmp_path: Path
) -> None:
    port: Library = library
    assert not port.has("db", ONE)
    receive(library, "db", ONE, db)
    assert library.has("db", ONE)
    assert not library.has("java-db", ONE)
    assert library.updated_at("db", ONE) == NOON
    folder = tmp_path / "var" / "knowledge" / ("a" * 64) / "db"
    assert library.files(ONE, None).db == folder
    assert files_below(tmp_path / "var") == [
        f"knowledge/{'a' * 64}/db/metadata.json",
        f"knowledge/{'a' * 64}/db/trivy.db",
    ]


def test_both_databases_stand_beside_each_other(
    library: FolderLibrary, db: bytes, java_db: bytes
) -> None:
    receive(library, "db", ONE, db)
    receive(library, "java-db", OTHER, java_db)
    files = library.files(ONE, OTHER)
    assert files.java_db
    assert files.java_db.name == "java-db"
    with closing(sqlite3.connect(files.java_db / "trivy-java.db")) as connection:
        assert connection.execute("SELECT artifact_id FROM artifacts").fetchall() == [("thing",)]


def test_a_database_that_is_not_there_is_named(library: FolderLibrary, db: bytes) -> None:
    receive(library, "db", ONE, db)
    with pytest.raises(PermanentError, match=f"{OTHER} does not stand in .*--only knowledge"):
        library.files(ONE, OTHER)
    with pytest.raises(PermanentError, match=f"{OTHER} does not stand"):
        library.updated_at("db", OTHER)


def test_a_database_received_again_replaces_the_first(library: FolderLibrary, db: bytes) -> None:
    receive(library, "db", ONE, db)
    library.files(ONE, None).db.joinpath("trivy.db").write_bytes(b"damaged")
    receive(library, "db", ONE, db)
    assert library.files(ONE, None).db.joinpath("trivy.db").stat().st_size > len(b"damaged")


def test_a_dropped_database_is_gone_and_its_neighbour_stays(
    library: FolderLibrary, db: bytes, java_db: bytes, tmp_path: Path
) -> None:
    receive(library, "db", ONE, db)
    receive(library, "java-db", ONE, java_db)
    library.drop("db", ONE)
    assert not library.has("db", ONE)
    assert library.has("java-db", ONE)
    library.drop("java-db", ONE)
    library.drop("java-db", OTHER)
    assert files_below(tmp_path) == []
    assert not (tmp_path / "var" / "knowledge" / ("a" * 64)).exists()


def test_the_archive_is_removed_even_after_a_failure(
    library: FolderLibrary, tmp_path: Path
) -> None:
    def fail() -> None:
        with library.receiving(ONE) as path:
            path.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert files_below(tmp_path) == []


def test_what_a_crash_left_is_no_database_and_is_cleaned_up(
    library: FolderLibrary, db: bytes, tmp_path: Path
) -> None:
    staging = tmp_path / "var" / "knowledge" / ".staging"
    unpacked = staging / f"{'a' * 64}.db"
    unpacked.mkdir(parents=True)
    (unpacked / "trivy.db").write_bytes(b"half")
    (staging / f"{'c' * 64}.tar.gz").write_bytes(b"half")
    (tmp_path / "var" / "knowledge" / ("a" * 64)).mkdir()
    assert not library.has("db", ONE)
    with library.receiving(OTHER):
        assert files_below(staging) == []
    receive(library, "db", ONE, db)
    assert library.has("db", ONE)


def test_a_crash_before_the_last_rename_leaves_nothing_in_place(
    library: FolderLibrary, db: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_self: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", crash)
        with pytest.raises(KeyboardInterrupt):
            receive(library, "db", ONE, db)
    assert not library.has("db", ONE)
    receive(library, "db", ONE, db)
    assert library.has("db", ONE)


def test_everything_is_written_through_before_it_is_put_in_place(
    library: FolderLibrary, db: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    knowledge = tmp_path / "var" / "knowledge"
    events: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def note_sync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        events.append(f"sync {path.relative_to(knowledge)}")
        fsync(descriptor)

    def note_rename(self: Path, target: Path) -> Path:
        events.append(f"rename {self.relative_to(knowledge)}")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "rename", note_rename)
    receive(library, "db", ONE, db)
    staged = f".staging/{'a' * 64}.db"
    assert sorted(events[:2]) == [f"sync {staged}/metadata.json", f"sync {staged}/trivy.db"]
    assert events[2:] == [f"sync {staged}", f"rename {staged}", f"sync {'a' * 64}", "sync ."]


def test_a_refusal_is_remembered_in_one_line(library: FolderLibrary, tmp_path: Path) -> None:
    assert library.refusal(ONE) is None
    library.refuse(ONE, "cut\noff")
    assert FolderLibrary(tmp_path / "var").refusal(ONE) == "cut off"
    library.refuse(ONE, "x" * 5_000)
    assert library.refusal(ONE) == "x" * 2_000
    assert library.refusal(OTHER) is None


def test_of_very_many_refusals_the_oldest_are_forgotten(
    library: FolderLibrary, tmp_path: Path
) -> None:
    library.refuse(ONE, "the newest")
    folder = tmp_path / "var" / "knowledge" / ".refused"
    for number in range(300):
        path = folder / f"{number:064x}"
        path.touch()
        os.utime(path, (number, number))
    library.refuse(OTHER, "newer still")
    assert len(list(folder.iterdir())) == 256
    assert library.refusal(ONE) == "the newest"
    assert library.refusal(OTHER) == "newer still"
    assert library.refusal(f"sha256:{45:064x}") is None
    assert library.refusal(f"sha256:{46:064x}") == "no reason was kept"


@pytest.mark.parametrize("digest", ["", "sha256:", "sha256:../../etc", "../x", "a" * 64])
def test_what_is_no_digest_names_no_folder(library: FolderLibrary, digest: str) -> None:
    with pytest.raises(PermanentError, match="no sha256 digest"):
        library.has("db", digest)
    with pytest.raises(PermanentError, match="no sha256 digest"):
        library.refuse(digest, "x")


FAULTS: dict[str, Callable[[FolderLibrary, bytes], object]] = {
    "unpack": lambda library, db: receive(library, "db", ONE, db),
    "refuse": lambda library, _: library.refuse(ONE, "x"),
}


@pytest.mark.parametrize("act", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
def test_a_failing_disk_is_for_a_while_and_named(
    library: FolderLibrary,
    db: bytes,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    act: Callable[[FolderLibrary, bytes], object],
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(TransientError) as caught:
            act(library, db)
    message = str(caught.value)
    assert "\n" not in message
    assert os.strerror(number) in message
    assert str(library._root) in message
    assert "free space" in message
    assert not library.has("db", ONE)
    assert library.refusal(ONE) is None


def test_a_state_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("", encoding="utf-8")
    library = FolderLibrary(tmp_path / "var")
    assert not library.has("db", ONE)
    with pytest.raises(TransientError, match=r"var/knowledge: (Not a directory|File exists)"):
        library.refuse(ONE, "x")


def test_what_stands_ready_is_listed_the_last_one_first(
    library: FolderLibrary, db: bytes, java_db: bytes, tmp_path: Path
) -> None:
    assert library.standing("db") == []
    names = [f"sha256:{number:064x}" for number in (3, 1, 2)]
    for place, name in enumerate(names):
        with library.receiving(name) as archive:
            archive.write_bytes(db)
            library.unpack("db", name, archive)
        folder = tmp_path / "var" / "knowledge" / name.removeprefix("sha256:") / "db"
        os.utime(folder, (place, place))
    with library.receiving(names[0]) as archive:
        archive.write_bytes(java_db)
        library.unpack("java-db", names[0], archive)
    assert library.standing("db") == names[::-1]
    assert library.standing("java-db") == names[:1]
    library.drop("db", names[0])
    assert library.standing("db") == names[:0:-1]
    assert library.has("java-db", names[0])
