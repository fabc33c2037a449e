import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.errors import KeyExistsError, KeyFileError, KeyModeError, KeyTextError
from evidence.load import read_signing_key, read_verifier, write_signing_key
from evidence.log.key import Algorithm, generate

KEY = generate("boiler-2", b"s" * 32)


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o777)
    yield
    os.umask(before)


@pytest.fixture
def no_room_for_a_key() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def written(folder: Path) -> Path:
    path = folder / "agent.key"
    write_signing_key(path, KEY)
    return path


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_written_key_is_read_again(tmp_path: Path, algorithm: Algorithm) -> None:
    path, key = tmp_path / "agent.key", generate("boiler-2", b"s" * 32, algorithm)
    write_signing_key(path, key)
    restored = read_signing_key(path)
    assert restored.verifier == key.verifier
    assert restored.to_text() == key.to_text()


@pytest.mark.usefixtures("umask")
def test_a_key_file_is_the_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    assert written(tmp_path).stat().st_mode & 0o7777 == 0o600


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    with pytest.raises(KeyExistsError, match=r"E_KEY_EXISTS .*agent\.key"):
        write_signing_key(path, generate("another", b"t" * 32))
    assert path.read_bytes() == before
    dangling = tmp_path / "dangling.key"
    dangling.symlink_to(tmp_path / "nowhere")
    with pytest.raises(KeyExistsError):
        write_signing_key(dangling, KEY)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601, 0o620, 0o700 | 0o010])
def test_a_key_others_can_reach_is_refused_with_the_command_that_helps(
    tmp_path: Path, mode: int
) -> None:
    path = written(tmp_path)
    path.chmod(mode)
    with pytest.raises(KeyModeError) as refused:
        read_signing_key(path)
    said = str(refused.value)
    assert said.startswith(f"E_KEY_MODE {path}: ")
    assert f"{mode:04o}" in said
    assert said.endswith(f"chmod 600 {path}")
    assert f"chmod 600 {path}" in refused.value.say("zh")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_only_its_owner_reaches_is_read(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path)
    path.chmod(mode)
    assert read_signing_key(path).verifier == KEY.verifier


def test_the_mode_counts_where_a_link_points(tmp_path: Path) -> None:
    path = written(tmp_path)
    link = tmp_path / "link.key"
    link.symlink_to(path)
    assert read_signing_key(link).verifier == KEY.verifier
    path.chmod(0o644)
    with pytest.raises(KeyModeError):
        read_signing_key(link)


def test_a_missing_file_a_folder_and_a_pipe_are_refused_and_nothing_hangs(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (tmp_path / "missing", tmp_path, pipe):
        with pytest.raises(KeyFileError, match="E_KEY_FILE"):
            read_signing_key(path)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", KeyTextError),
        (b"\n", KeyTextError),
        (KEY.verifier.to_text().encode(), KeyTextError),
        (KEY.to_text().encode() + b"\n\n", KeyTextError),
        (KEY.to_text().encode() + b"\r\n", KeyTextError),
        (b"\xff" + KEY.to_text().encode(), KeyFileError),
        (b"x" * 4097, KeyFileError),
    ],
)
def test_a_file_that_does_not_hold_one_key_is_refused_by_its_path(
    tmp_path: Path, content: bytes, refusal: type[KeyFileError]
) -> None:
    path = tmp_path / "agent.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(refusal) as refused:
        read_signing_key(path)
    assert refused.value.where == str(path)
    assert KEY.to_text().rpartition("+")[2] not in str(refused.value)


def test_a_key_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "no such folder" / "agent.key"
    with pytest.raises(KeyFileError, match="No such file"):
        write_signing_key(path, KEY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_room_for_a_key")
def test_half_a_key_is_removed_when_the_disk_takes_no_more(tmp_path: Path) -> None:
    path = tmp_path / "agent.key"
    with pytest.raises(KeyFileError, match="too large"):
        write_signing_key(path, KEY)
    assert not path.exists()


def test_a_pinned_line_is_read_as_an_operator_pastes_it() -> None:
    assert read_verifier(f"  {KEY.verifier.to_text()}\n") == KEY.verifier


def test_a_secret_key_pasted_for_a_pinned_line_is_refused_without_being_quoted() -> None:
    with pytest.raises(KeyTextError, match=r"collector\.toml") as refused:
        read_verifier(KEY.to_text(), "collector.toml [agents] line 4")
    assert KEY.to_text().rpartition("+")[2] not in str(refused.value)
