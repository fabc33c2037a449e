"""What changed is said in words, whatever it is."""

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import Quality
from calibration.window import SettingUsed, UnstatedStandard
from collector.web.activity.changed import change_words
from collector.web.words import LANGUAGES, has
from evidence.statement.datum import Event
from evidence.statement.doubt import Doubt


def encoded(each: msgspec.Struct) -> str:
    return msgspec.json.encode(each).decode()


def test_every_quality_and_every_basis_has_words() -> None:
    for each in (*Quality, *UncertaintyBasis):
        assert has(f"factory.{'state' if isinstance(each, Quality) else 'basis'}_{each.value}")
    assert change_words("quality", "overdue", "zh") == "已超期"
    assert change_words("u_basis", "nameplate", "zh") == "铭牌等级"
    assert change_words("quality", "of a newer version", "en") == "of a newer version"


def test_objects_are_told_and_not_printed_as_they_are_kept() -> None:
    standard = encoded(UnstatedStandard(standard="std:LAB/1", certificate="C-1"))
    assert change_words("unstated_standards", standard, "en") == "std:LAB/1 (C-1)"
    setting = encoded(SettingUsed(setting="A", document=""))
    assert change_words("settings", setting, "en") == "A"
    reset = encoded(Event(kind="reset", at="2026-03-01T00:00:00Z", before=10.0, after=0.0))
    assert change_words("events", reset, "zh") == "2026-03-01T00:00:00Z：归零，10 → 0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_doubt_says_whose_when_and_why(language: str) -> None:
    doubt = Doubt(
        serial="S-1",
        because="shift",
        start="2026-03-01T00:00:00Z",
        end="2026-03-02T00:00:00Z",
        value=1.0,
        before="C-1",
        after="C-2",
    )
    told = change_words("doubts", encoded(doubt), language)
    comma, colon = ("，", "：") if language == "zh" else (", ", ": ")
    span = "2026-03-01T00:00:00Z – 2026-03-02T00:00:00Z"
    assert told.startswith(f"S-1{comma}{span}{colon}")
    assert told.endswith("C-1 → C-2")
    assert "{" not in told


def test_names_stand_for_themselves() -> None:
    assert change_words("certificates", "C-1", "en") == "C-1"
    assert change_words("uncorrected_value", "1234.5678901234", "en") == "1\u202f234.56789"
