"""Status words, identity and settings that must be refused: each with code and key."""

import re

import pytest

from device_profiles.parse import lint
from device_profiles.phrase import facts_in
from tests.unit.device_profiles.examples import channel, document

X = channel("x", '{ address = 0, format = "uint16" }')
STATUS = 'status = [{ name = "s", source = { address = 9, format = "uint16" }, marks = [MARK] }]'
MARK = '{ bits = [0], means = "fault" }'
NUMBER = 'number = { address = 2, format = "uint16" }'
CT = 'parameters.ct = { meaning = "ratio" }\n'
CASES = [
    (
        STATUS.replace("MARK", '{ bits = [16], means = "fault" }'),
        "E_PROFILE_LIMIT",
        "marks[0].bits",
    ),
    (STATUS.replace("MARK", '{ values = [70000], means = "fault" }'), "E_PROFILE_LIMIT", "values"),
    (STATUS.replace("MARK", '{ means = "fault" }'), "E_PROFILE_STATUS", "marks[0]"),
    (
        STATUS.replace("MARK", '{ bits = [1], values = [1], means = "fault" }'),
        "E_PROFILE_STATUS",
        "marks[0]",
    ),
    (STATUS.replace("MARK", '{ bits = [1], means = "ill" }'), "E_PROFILE_LIMIT", "marks[0].means"),
    (
        STATUS.replace("MARK", '{ bits = [1], means = "fault", channels = ["y"] }'),
        "E_PROFILE_CHANNEL",
        "marks[0].channels",
    ),
    (
        STATUS.replace("MARK] }", '{ values = [1], means = "fault" }], normal = [1] }'),
        "E_PROFILE_STATUS",
        "marks[0].values",
    ),
    (STATUS.replace("MARK", ""), "E_PROFILE_LIMIT", "marks"),
    (STATUS.replace("MARK] }", f'{MARK}], cites = "none" }}'), "E_PROFILE_CITATION", "status[0]"),
    (
        STATUS.replace("MARK", MARK).replace('"uint16"', '"bit"').replace("[0]", "[0]"),
        "E_PROFILE_SOURCE",
        "status[s].source",
    ),
    (
        STATUS.replace("MARK", MARK).replace("address = 9", "address = 9, function = 2"),
        "E_PROFILE_SOURCE",
        "status[s].source",
    ),
    (
        STATUS.replace("MARK", MARK).replace('9, format = "uint16"', '65535, format = "uint32"'),
        "E_PROFILE_ADDRESS",
        "status[s].source.address",
    ),
    (
        "status = [" + ", ".join([STATUS.replace("MARK", MARK)[10:-1]] * 2) + "]",
        "E_PROFILE_STATUS",
        "status[s].name",
    ),
    ('identity = [{ what = "maker" }]', "E_PROFILE_IDENTITY", "identity[maker]"),
    (
        f'identity = [{{ what = "maker", object_id = 0, {NUMBER} }}]',
        "E_PROFILE_IDENTITY",
        "identity[maker]",
    ),
    ('identity = [{ what = "colour", object_id = 0 }]', "E_PROFILE_LIMIT", "identity[0].what"),
    ('identity = [{ what = "model", object_id = 256 }]', "E_PROFILE_LIMIT", "object_id"),
    ('identity = [{ what = "model", object_id = 1, equals = [1] }]', "E_PROFILE_IDENTITY", "model"),
    (
        'identity = [{ what = "marker", number = { address = 1, format = "uint32" } }]',
        "E_PROFILE_IDENTITY",
        "identity[marker]",
    ),
    (
        'identity = [{ what = "model", text = { address = 65530, registers = 8 } }]',
        "E_PROFILE_ADDRESS",
        "identity[model].address",
    ),
    (
        'readback = [{ name = "r", number = { address = 1, format = "uint16" } }]',
        "E_PROFILE_IDENTITY",
        "readback[r]",
    ),
    (
        f'readback = [{{ name = "r", {NUMBER}, parameter = "ct" }}]',
        "E_PROFILE_PARAMETER",
        "readback[r].parameter",
    ),
    (
        CT + 'readback = [{ name = "r", number = { address = 1, format = "uint16" }, '
        'parameter = "ct", equals = [1] }]',
        "E_PROFILE_IDENTITY",
        "readback[r]",
    ),
    (
        CT + 'readback = [{ name = "r", number = { address = 1, format = "uint16" }, '
        'parameter = "ct", scale = 0 }]',
        "E_PROFILE_LIMIT",
        "readback[r].scale",
    ),
    (
        'accuracy = [{ statement = "class 1", channels = ["y"] }]',
        "E_PROFILE_CHANNEL",
        "accuracy[0]",
    ),
    ('accuracy = [{ statement = "class 1", cites = "none" }]', "E_PROFILE_CITATION", "accuracy[0]"),
]


@pytest.mark.parametrize(("more", "code", "key"), CASES)
def test_a_word_with_one_fault_is_refused_for_that_fault(more: str, code: str, key: str) -> None:
    (finding,) = lint(document(X, more=more).encode(), "meter.toml")
    assert finding.code == code
    assert key in str(finding.facts["key"])
    for language in ("en", "zh"):
        assert str(facts_in(language, finding.facts)["limit"]) in finding.say(language)
    assert re.search(r"[\u4e00-\u9fff]", finding.say("zh"))


def test_words_without_a_fault_are_sound_beside_a_profile_of_the_first_days() -> None:
    whole = "\n".join(
        (
            CT,
            STATUS.replace("MARK", MARK),
            'identity = [{ what = "model", object_id = 1, expects = ["GMP"] }]',
            f'readback = [{{ name = "ct", {NUMBER}, parameter = "ct" }}]',
            'accuracy = [{ statement = "class 1", standard = "IEC 62053-21", channels = ["x"] }]',
        )
    )
    assert lint(document(X, more=whole).encode(), "meter.toml") == ()
    assert lint(document(X).encode(), "meter.toml") == ()


def test_a_status_word_may_lie_where_a_channel_lies() -> None:
    more = STATUS.replace("MARK", MARK).replace("address = 9", "address = 0")
    assert lint(document(X, more=more).encode(), "meter.toml") == ()
