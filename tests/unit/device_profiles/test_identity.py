"""Who a device is and how it is set: what is asked, and what does not fit."""

import struct
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.healthy import healthy_words
from device_profiles.identity import (
    Said,
    identity_findings,
    identity_objects,
    identity_reads,
    said,
)
from device_profiles.phrase import facts_in
from device_profiles.plan import ReadRequest
from device_profiles.words import shown_text
from tests.unit.device_profiles.examples import channel, profile
from tests.words import content

MORE = """
parameters.ct_ratio = { meaning = "primary over secondary current" }
identity = [
  { what = "maker", object_id = 0, expects = ["Vaisala"] },
  { what = "model", text = { address = 10, registers = 4 }, expects = ["PM55", "PM56"] },
  { what = "serial", number = { address = 14, format = "uint32" } },
  { what = "marker", number = { address = 20, format = "uint32" }, equals = [0x53756E53] },
]
readback = [
  { name = "ct", number = { address = 30, U16 }, over = { address = 31, U16 }, PARAMETER },
  { name = "byte_order", number = { address = 40, U16 }, equals = [3, 1] },
]
""".replace("U16", 'format = "uint16"').replace("PARAMETER", 'parameter = "ct_ratio"')
DEVICE = profile(channel("x", '{ address = 0, format = "uint16" }'), more=MORE)
FITTING = Said(
    identity={0: "Vaisala Oyj", 1: "PM5560", 2: 710040, 3: 0x53756E53},
    settings={"ct": 40.0, "byte_order": 3.0},
)


def contents(replies: Mapping[ReadRequest, Sequence[int]]) -> dict[ReadRequest, bytes]:
    """The data of the answers that bring these words."""
    return {read: content(read, words) for read, words in replies.items()}


def codes(device: Said, **more: object) -> list[str]:
    found = identity_findings(DEVICE, device, **more)  # type: ignore[arg-type]
    for finding in found:
        for language in ("en", "zh"):
            assert str(facts_in(language, finding.facts)["limit"]) in finding.say(language)
    return [finding.code for finding in found]


def test_what_is_asked_is_the_fewest_reads_and_the_objects() -> None:
    assert identity_objects(DEVICE) == (0,)
    assert identity_reads(DEVICE) == tuple(
        ReadRequest(function=3, address=address, count=count)
        for address, count in ((10, 6), (20, 2), (30, 2), (40, 1))
    )


def test_a_profile_without_identity_asks_nothing_and_finds_nothing() -> None:
    plain = profile(channel("x", '{ address = 0, format = "uint16" }'))
    assert identity_reads(plain) == ()
    assert identity_objects(plain) == ()
    assert identity_findings(plain, said(plain, {}), serial="1") == ()


def test_a_device_that_is_the_one_and_set_as_stated_gives_no_finding() -> None:
    assert codes(FITTING, serial="0710040", parameters={"ct_ratio": 40.0}) == []


def test_what_was_read_becomes_texts_numbers_and_ratios() -> None:
    model = struct.unpack(">4H", b"PM5563\0\0")
    replies = {
        ReadRequest(function=3, address=10, count=6): (*model, 0x000A, 0xD598),
        ReadRequest(function=3, address=20, count=2): (0x5375, 0x6E53),
        ReadRequest(function=3, address=30, count=2): (200, 5),
        ReadRequest(function=3, address=40, count=1): (1,),
    }
    assert said(DEVICE, contents(replies), {0: "Vaisala"}) == Said(
        identity={0: "Vaisala", 1: "PM5563", 2: 710040, 3: 0x53756E53},
        settings={"ct": 40.0, "byte_order": 1.0},
    )


def test_a_ratio_over_nothing_is_no_setting_and_blank_text_no_text() -> None:
    replies = {
        ReadRequest(function=3, address=10, count=4): (0x2020, 0, 0, 0),
        ReadRequest(function=3, address=30, count=2): (200, 0),
    }
    assert said(DEVICE, contents(replies)) == Said()


def test_another_device_is_told_from_the_one_of_the_profile() -> None:
    other = Said(identity={**FITTING.identity, 1: "iEM3155", 3: 0}, settings={})
    assert codes(other) == ["E_DEVICE_OTHER", "E_DEVICE_OTHER"]


def test_text_that_does_not_begin_at_its_address_is_another_text() -> None:
    shifted = Said(identity={**FITTING.identity, 1: shown_text(b"\0\0PM5560\0\0")})
    assert codes(shifted) == ["E_DEVICE_OTHER"]


def test_an_exchanged_instrument_is_told_by_its_serial_number() -> None:
    assert codes(FITTING, serial="710041", parameters={"ct_ratio": 40.0}) == ["E_DEVICE_SERIAL"]
    assert codes(FITTING, serial=None, parameters={"ct_ratio": 40.0}) == []


def test_a_device_that_does_not_say_what_it_must_is_told() -> None:
    silent = identity_findings(DEVICE, Said(), where="hall/feeder-1")
    assert [finding.code for finding in silent] == ["E_DEVICE_SILENT"] * 4
    assert all(finding.where == "hall/feeder-1" for finding in silent)


def test_a_setting_that_differs_from_what_the_site_states_is_told_with_both() -> None:
    (finding,) = identity_findings(DEVICE, FITTING, parameters={"ct_ratio": 60.0})
    assert finding.code == "E_DEVICE_SETTING"
    assert (finding.facts["found"], finding.facts["limit"]) == ("40", "60")


def test_a_setting_that_the_configuration_says_nothing_about_is_never_compared_with_a_default() -> (
    None
):
    (finding,) = identity_findings(DEVICE, FITTING, parameters={})
    assert finding.code == "E_DEVICE_SETTING_UNSTATED"
    assert "parameters.ct_ratio" in finding.say("zh")


def test_a_setting_that_makes_the_profile_wrong_is_told() -> None:
    swapped = Said(identity=FITTING.identity, settings={"byte_order": 0.0})
    assert codes(swapped) == ["E_DEVICE_SETTING"]


@pytest.mark.parametrize(
    ("raw", "text"), [(b"ab\0\0", "ab"), (b"\0ab", "\ufffdab"), (b"\xff", "\ufffd")]
)
def test_text_keeps_what_stands_before_it_and_drops_what_is_left_over(
    raw: bytes, text: str
) -> None:
    assert shown_text(raw) == text


@given(
    words=st.lists(st.integers(0, 0xFFFF), min_size=31, max_size=31),
    serial=st.none() | st.text(max_size=20),
    ratio=st.none() | st.floats(0.1, 1e6),
)
def test_any_registers_give_findings_and_no_exception(
    words: list[int], serial: str | None, ratio: float | None
) -> None:
    replies = {ReadRequest(function=3, address=10, count=31): words}
    given_values = {} if ratio is None else {"ct_ratio": ratio}
    for finding in identity_findings(
        DEVICE, said(DEVICE, contents(replies)), serial=serial, parameters=given_values
    ):
        assert finding.code.startswith("E_DEVICE_")
        assert finding.say("zh")


@pytest.mark.parametrize("ratio", [1.0, 40.0, 2.5, 1200.0])
def test_the_words_of_a_healthy_device_fit_its_profile_and_its_parameters(ratio: float) -> None:
    parameters = {"ct_ratio": ratio}
    image = healthy_words(DEVICE, parameters)
    replies = {
        read: [image[read.function, at] for at in range(read.address, read.end)]
        for read in identity_reads(DEVICE)
    }
    device = said(DEVICE, contents(replies), {0: "Vaisala"})
    assert identity_findings(DEVICE, device, parameters=parameters) == ()
