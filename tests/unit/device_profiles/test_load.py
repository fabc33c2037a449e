import hashlib
from pathlib import Path

import pytest

from device_profiles.errors import FileError, ProfileError, SizeError, UnknownIdError
from device_profiles.load import catalogue, load_profile, path_of
from tests.unit.device_profiles.examples import channel, document

TEXT = document(channel("x", '{ address = 0, format = "uint16" }'))


def test_a_profile_is_loaded_by_its_id_with_its_exact_bytes_and_digest() -> None:
    loaded = load_profile("eastron-sdm630")
    assert loaded.profile.model == "SDM630"
    assert loaded.content == path_of("eastron-sdm630").read_bytes()
    assert loaded.sha256 == hashlib.sha256(loaded.content).hexdigest()


def test_a_profile_is_loaded_from_a_path_given_either_way(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(TEXT.encode())
    assert load_profile(path) == load_profile(str(path))
    assert load_profile(path).content == TEXT.encode()


def test_a_comment_changes_the_digest_and_not_the_profile(tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text(TEXT)
    other.write_text(f"# seen on site\n{TEXT}")
    assert load_profile(one).profile == load_profile(other).profile
    assert load_profile(one).sha256 != load_profile(other).sha256


@pytest.mark.parametrize(
    ("asked", "meant"), [("sdm630", "eastron-sdm630"), ("abb-b-23", "abb-b23")]
)
def test_an_unknown_id_is_answered_with_the_nearest(asked: str, meant: str) -> None:
    with pytest.raises(UnknownIdError, match=meant) as caught:
        load_profile(asked)
    assert caught.value.code == "E_PROFILE_ID"
    assert asked in caught.value.say("zh")
    assert meant in caught.value.say("zh")


@pytest.mark.parametrize("asked", ["", "../../secrets", "modbus/abb-b23", "ABB-B23", "x" * 10_000])
def test_an_id_is_a_name_and_never_a_path(asked: str) -> None:
    with pytest.raises(UnknownIdError):
        load_profile(asked)


def test_a_file_that_cannot_be_read_is_a_coded_refusal(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, Path("nul\0.toml")):
        with pytest.raises(FileError) as caught:
            load_profile(path)
        assert caught.value.code == "E_PROFILE_FILE"


def test_no_more_of_a_large_file_is_read_than_shows_that_it_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * 10_000_000)
    with pytest.raises(SizeError) as caught:
        load_profile(path)
    assert caught.value.facts["found"] == 256 * 1024 + 1


def test_a_bad_file_is_named_in_its_finding(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(TEXT.replace("uint16", "uint17"))
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert caught.value.where == str(path)


def test_the_catalogue_is_sorted_and_its_ids_load() -> None:
    ids = catalogue()
    assert list(ids) == sorted(set(ids))
    assert [load_profile(profile_id).profile.id for profile_id in ids] == list(ids)
