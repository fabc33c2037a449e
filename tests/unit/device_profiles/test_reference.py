"""The reference page tells what the code does."""

import re
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from device_profiles import identity_errors, points_errors
from device_profiles.dialects import requests_of
from device_profiles.errors import ProfileError
from device_profiles.formats import CODECS
from device_profiles.identity_model import Accuracy, IdentityField, Readback
from device_profiles.load import catalogue, load_profile
from device_profiles.model import Channel, DeviceProfile
from device_profiles.parse import lint
from device_profiles.register_model import ModbusTraits, RegisterSource
from device_profiles.status_model import Condition, Mark, StatusWord
from device_profiles.word_source import TextSource

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "device-profiles.md").read_text("utf-8")


@pytest.mark.parametrize("profile_id", catalogue())
def test_the_table_of_devices_counts_channels_and_reads(profile_id: str) -> None:
    device = load_profile(profile_id).profile
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{profile_id}` |")]
    grades = ", ".join(sorted({source.grade for source in device.sources}))
    requests = requests_of(device, [each.name for each in device.channels])
    assert row.endswith(f"| {grades} | {len(device.channels)} | {len(requests)} |")


KINDS = [DeviceProfile, ModbusTraits, Channel, RegisterSource, StatusWord, Mark, IdentityField]
KINDS += [Readback, Accuracy, TextSource]


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(kind):
        assert re.search(rf"`{field.encode_name}[.`]", PAGE), field.encode_name


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_is_explained(condition: Condition) -> None:
    assert f"| `{condition}` |" in PAGE


@pytest.mark.parametrize("module", [identity_errors, points_errors])
def test_every_code_about_devices_and_points_is_explained(module: ModuleType) -> None:
    kinds = [each for each in vars(module).values() if isinstance(each, type)]
    codes = {each.code for each in kinds if issubclass(each, ProfileError)}
    for code in codes - {"E_PROFILE", "E_DEVICE", "E_POINTS"}:
        assert f"| `{code}` |" in PAGE


def test_every_format_is_explained() -> None:
    assert all(f"`{name}`" in PAGE for name in CODECS)


def test_the_printed_example_lints_clean() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert lint(example.encode(), "example-meter.toml") == ()
