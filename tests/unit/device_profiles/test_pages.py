"""The pages of devices are those that the catalogue makes."""

import re
from pathlib import Path

import msgspec
import pytest

from device_profiles.load import catalogue, load_profile
from device_profiles.page import device_page, page_files
from device_profiles.page_words import ACCUMULATIONS_ZH, CONDITIONS_ZH, KINDS_ZH, LABELS, Language
from device_profiles.register_model import ModbusProfile, RegisterChannel
from device_profiles.status import Condition

FOLDER = Path(__file__).parents[3] / "docs" / "reference" / "devices"
PROFILES = [load_profile(profile_id).profile for profile_id in catalogue()]
PAGES = [f"{name}{end}" for name in ("index", *catalogue()) for end in (".md", ".zh.md")]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """To make them takes a third of a second, of one worker alone."""
    return page_files(PROFILES)


def test_the_folder_holds_the_pages_of_the_catalogue_and_no_others(files: dict[str, str]) -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(files) == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_one_that_the_catalogue_makes(files: dict[str, str], name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == files[name], (
        "run carbonmeter profile page --all docs/reference/devices"
    )


@pytest.mark.parametrize("name", PAGES)
def test_every_table_of_a_page_has_one_width(files: dict[str, str], name: str) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", files[name], flags=re.MULTILINE):
        rows = [len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()]
        assert len(set(rows)) == 1, table


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_shows_every_channel_word_identity_and_setting(language: Language) -> None:
    for profile in PROFILES:
        page = device_page(profile, language)
        for channel in profile.channels:
            assert f"| `{channel.name}`" in page
            if isinstance(channel, RegisterChannel):
                first = channel.terms[0].address
                assert f"{first} (0x{first:04X})" in page
            assert profile.citation(channel).document in page
        if not isinstance(profile, ModbusProfile):
            continue
        for word in profile.status:
            assert f"| `{word.name}` |" in page
        for setting in profile.readback:
            assert f"| `{setting.name}` |" in page
        assert page.count("| 43/14, ") == sum(
            each.object_id is not None for each in profile.identity
        )


def test_chinese_has_a_word_for_whatever_the_catalogue_says() -> None:
    assert set(CONDITIONS_ZH) == {each.value for each in Condition}
    for profile in PROFILES:
        for channel in profile.channels:
            assert channel.kind_of_quantity in KINDS_ZH
            assert channel.accumulation in ACCUMULATIONS_ZH
    assert all(
        re.search(r"[\u4e00-\u9fff]", zh)
        for word, (_, zh) in LABELS.items()
        if word not in {"other", "stop"}
    )


def test_a_bar_in_a_text_does_not_end_its_cell() -> None:
    (source, *_) = PROFILES[0].sources
    barred = msgspec.structs.replace(
        PROFILES[0], sources=(msgspec.structs.replace(source, note="a|b"),)
    )
    assert "| a\\|b |" in device_page(barred, "en")


def test_the_readme_counts_the_devices() -> None:
    readme = (FOLDER.parents[2] / "README.md").read_text("utf-8")
    assert f"[{len(PROFILES)} devices](docs/reference/devices/index.md)" in readme
