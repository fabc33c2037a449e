"""The reference page and the tables tell what the code does."""

import re
from pathlib import Path

import pytest

from device_profiles.errors import ProfileError
from device_profiles.hj212 import errors
from device_profiles.hj212.content import DataFlag
from device_profiles.hj212.finding import TEXTS
from device_profiles.hj212.load import codes, codes_of_2005, commands, factors, systems
from device_profiles.hj212.packet import MOST_PACKET
from device_profiles.wire_errors import (
    WireAlgorithmError,
    WireChecksumError,
    WireFormError,
    WireLengthError,
    WireRefusedError,
    WireValueError,
)

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "hj212.md").read_text("utf-8")
KINDS: list[type[ProfileError]] = [
    *(WireLengthError, WireChecksumError, WireAlgorithmError, WireFormError, WireValueError),
    *(WireRefusedError, errors.ComposeError),
]


@pytest.mark.parametrize("code", TEXTS)
def test_every_finding_is_explained(code: str) -> None:
    assert f"`{code}`" in PAGE


def test_every_error_is_explained() -> None:
    assert all(f"| `{kind.code}` |" in PAGE for kind in KINDS)


def test_every_flag_and_the_bound_are_explained() -> None:
    assert all(f"{flag.value} " in PAGE for flag in DataFlag if flag is not DataFlag.UNKNOWN)
    assert str(MOST_PACKET) in PAGE


def test_every_factor_with_a_caution_is_a_trap_of_the_page() -> None:
    warned = {code for code, entry in factors().items() if entry.caution}
    assert warned == set(re.findall(r"`(a\d{5})`", PAGE))


def test_the_tables_have_what_the_standard_prints() -> None:
    standard = [each for each in commands().values() if each.status == "standard"]
    assert (len(factors()), len(codes_of_2005()), len(standard), len(systems())) == (
        121,
        45,
        33,
        20,
    )
    assert sorted(codes("request_answers")) == [*range(1, 10), 100]
    assert sorted(codes("execution_results")) == [*range(1, 7), 100]
    assert sorted(codes("equipment_states")) == list(range(6))


def test_factors_have_the_units_and_forms_that_the_standard_prints() -> None:
    printed = {
        "a00000": ("B02", "m3/s", "m3", 1),
        "a01011": ("S02", "m/s", None, 2),
        "a01013": ("S08", "kPa", None, 3),
        "a05001": ("30", "mg/m3", "kg", 3),
        "a19001": ("S01", "%", None, 1),
        "a21001": ("10", "ng/m3", "g", 3),
        "a21026": ("02", "mg/m3", "kg", 2),
        "a34013": ("01", "mg/m3", "kg", 0),
        "a34011": (None, "t/(km2.mo)", None, None),
    }
    for code, (old, unit, amount, decimals) in printed.items():
        entry = factors()[code]
        assert (entry.old, entry.unit, entry.amount, entry.decimals) == (
            old,
            unit,
            amount,
            decimals,
        )


def test_every_name_is_there_in_both_languages() -> None:
    tables = (factors(), commands(), systems(), codes("request_answers"))
    for entry in (each for table in tables for each in table.values()):
        assert entry.en.isascii()
        assert re.search(r"[\u4e00-\u9fff]", entry.zh)
