"""Every error has its own code, both languages, and a reason from the closed vocabulary."""

import string
from collections.abc import Iterator

from calibration.indication import MissReason
from edge_agent import broker_tls_errors, errors
from edge_agent.errors import AgentError, DeviceAnswerError, UnreachableError


def descendants(kind: type[AgentError]) -> Iterator[type[AgentError]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


ROOMS = {errors.__name__, broker_tls_errors.__name__}
ALL = [kind for kind in descendants(AgentError) if kind.__module__ in ROOMS]


def test_codes_are_unique_and_led_by_e() -> None:
    codes = [kind.code for kind in ALL]
    assert len(set(codes)) == len(codes) > 10
    assert all(code.startswith("E_") for code in codes)


def test_every_miss_reason_is_one_of_the_closed_vocabulary() -> None:
    assert {kind.miss_reason for kind in ALL} <= set(MissReason)


def test_both_languages_name_the_same_facts() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [kind for kind in ALL if fields(kind.en) != fields(kind.zh)] == []


def test_no_error_is_of_both_families() -> None:
    assert not set(descendants(DeviceAnswerError)) & set(descendants(UnreachableError))


def test_a_wrong_answer_is_kept_with_its_device_and_quoted_in_short() -> None:
    error = DeviceAnswerError("meter 3", answer=bytes(range(200)))
    assert (error.device, error.answer) == ("meter 3", bytes(range(200)))
    assert "meter 3" in str(error)
    assert len(str(error)) < 200
