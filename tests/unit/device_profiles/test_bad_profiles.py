"""Profiles that must be refused: each with its code, file, key, limit and remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.errors import ProfileError
from device_profiles.parse import MAX_FINDINGS, lint, parse_profile
from device_profiles.phrase import facts_in
from tests.unit.device_profiles.corpus import GOOD, SHAPE, TOML
from tests.unit.device_profiles.examples import HEAD, channel, document

FILE = "site/meter.toml"
CASES = [
    pytest.param(code, line, key, said, id=f"{code}-{index}")
    for code, cases in SHAPE.items()
    for index, (line, key, said) in enumerate(cases)
]


def _refused(text: str | bytes) -> ProfileError:
    """The only finding of a file, after checking that it can be understood by people."""
    content = text if isinstance(text, bytes) else text.encode()
    (finding,) = lint(content, FILE)
    told = finding.say("en")
    for language in ("en", "zh"):
        facts = facts_in(language, finding.facts)
        for part in (finding.code, FILE, facts["key"], facts["limit"]):
            assert str(part) in finding.say(language)
            assert str(part) not in {"", "-"}
    assert finding.remedy("en") in told
    assert finding.remedy("zh") != finding.remedy("en")
    with pytest.raises(type(finding)):
        parse_profile(content, FILE)
    return finding


def test_the_example_that_the_others_spoil_is_sound() -> None:
    assert lint(document(GOOD).encode(), FILE) == ()


@pytest.mark.parametrize("text", TOML.values(), ids=TOML)
def test_what_is_not_toml_is_refused(text: str) -> None:
    assert _refused(text).code == "E_PROFILE_TOML"


def test_a_syntax_fault_is_located_by_line() -> None:
    finding = _refused("schema = 1\nrequired = no\n")
    assert str(finding.facts["key"]).startswith("line 2, column")


def test_bytes_that_are_not_utf8_are_refused() -> None:
    assert _refused(b'id = "\xff\xfe"\n').code == "E_PROFILE_TOML"


def test_tabs_that_only_indent_change_nothing() -> None:
    spaced = document(GOOD)
    tabbed = spaced.replace(" = ", "\t=\t")
    assert parse_profile(tabbed.encode(), FILE) == parse_profile(spaced.encode(), FILE)


@pytest.mark.parametrize("size", [256 * 1024 + 1, 10_000_000])
def test_a_file_above_the_limit_is_refused_before_it_is_parsed(size: int) -> None:
    finding = _refused(document(GOOD).encode().ljust(size, b"\n"))
    assert finding.code == "E_PROFILE_SIZE"
    assert finding.facts["limit"] == "262144 bytes"
    assert lint(document(GOOD).encode().ljust(256 * 1024, b"\n"), FILE) == ()


@pytest.mark.parametrize(("code", "lines", "key", "said"), CASES)
def test_a_profile_with_one_fault_is_refused_for_that_fault(
    code: str, lines: str, key: str, said: str
) -> None:
    finding = _refused(document(lines))
    assert finding.code == code
    assert key in str(finding.facts["key"])
    assert said in finding.say("en")


@pytest.mark.parametrize("grade", ["D", "a", "", "AB"])
def test_a_source_of_another_grade_is_refused(grade: str) -> None:
    text = document(GOOD).replace('grade = "A"', f'grade = "{grade}"')
    finding = _refused(text)
    assert finding.code == "E_PROFILE_GRADE"
    assert finding.facts["key"] == "sources[manual].grade"
    assert finding.facts["limit"] == "A | B | C"


@pytest.mark.parametrize(
    ("modbus", "key"),
    [
        ("modbus.max_registers = 126", "modbus.max_registers"),
        ("modbus.max_registers = 0", "modbus.max_registers"),
        ("modbus.unit_id = 256", "modbus.unit_id"),
        ("modbus.function = 5", "modbus.function"),
        ("modbus.turnaround_ms = -1", "modbus.turnaround_ms"),
        ('parameters.CT = { meaning = "x" }\nmodbus = {}', "parameters.CT"),
        ('parameters.ct = { meaning = "x", default = -1 }\nmodbus = {}', "parameters.ct.default"),
        ('parameters.ct = { meaning = "x", default = inf }\nmodbus = {}', "parameters.ct.default"),
    ],
)
def test_a_trait_outside_its_limits_is_refused(modbus: str, key: str) -> None:
    finding = _refused(document(GOOD, modbus=modbus))
    assert finding.code == "E_PROFILE_LIMIT"
    assert finding.facts["key"] == key


@pytest.mark.parametrize("line", HEAD.strip().splitlines()[1:])
def test_no_line_of_the_head_can_be_missing(line: str) -> None:
    finding = _refused(document(GOOD).replace(f"{line}\n", "", 1))
    assert finding.code == "E_PROFILE_MISSING_KEY"
    assert finding.facts["key"] == line.split(maxsplit=1)[0]


def test_another_schema_version_or_protocol_is_refused() -> None:
    for old, new in (("schema = 1", "schema = 2"), ('"modbus"', '"profibus"')):
        assert _refused(document(GOOD).replace(old, new)).code == "E_PROFILE_LIMIT"


def test_every_fault_is_told_and_not_only_the_first() -> None:
    lines = [
        channel("a", '{ address = 70000, format = "uint16" }', "colour = 1"),
        channel("b", '{ address = 0, format = "utf8" }'),
        channel("c", '{ address = 0, format = "uint16" }', 'scale = "ten"'),
    ]
    text = document(*lines).replace('model = "E1"\n', "")
    codes = sorted(finding.code for finding in lint(text.encode(), FILE))
    assert codes == [
        "E_PROFILE_ADDRESS",
        "E_PROFILE_FORMAT",
        "E_PROFILE_MISSING_KEY",
        "E_PROFILE_TYPE",
        "E_PROFILE_UNKNOWN_KEY",
    ]
    with pytest.raises(ProfileError) as caught:
        parse_profile(text.encode(), FILE)
    assert len(caught.value.__notes__) == 4


def test_the_findings_of_a_hopeless_file_are_counted_out() -> None:
    junk = "\n".join(f"k{n} = 1" for n in range(20_000))
    assert len(lint(junk.encode(), FILE)) == MAX_FINDINGS


@given(raw=st.binary(max_size=200))
def test_foreign_bytes_never_raise_a_foreign_exception(raw: bytes) -> None:
    assert all(isinstance(finding, ProfileError) for finding in lint(raw, FILE))


VALUES = st.recursive(
    st.sampled_from(["7", "1.5", "nan", '"x"', '""', "true", "1979-05-27", "[]", "{}", "-1"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        inner.map(lambda item: f"{{ name = {item} }}"),
    ),
    max_leaves=5,
)


@given(
    value=VALUES,
    spoiled=st.sampled_from(
        ["id", "title", "sources", "protocol", "modbus", "parameters", "channels", "schema"]
    ),
)
def test_any_value_under_any_key_is_told_or_accepted(value: str, spoiled: str) -> None:
    kept = [
        line
        for line in [*HEAD.strip().splitlines(), "modbus = {}", f"channels = [{GOOD}]"]
        if not line.startswith(spoiled)
    ]
    text = "\n".join([*kept, f"{spoiled} = {value}"])
    assert all(isinstance(finding, ProfileError) for finding in lint(text.encode(), FILE))
