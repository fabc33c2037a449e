"""Everything one packet says, for people and machines that have no other code of this folder."""

from collections.abc import Mapping

from device_profiles.formats import NotAvailable
from device_profiles.hj212.answer import centre_answer
from device_profiles.hj212.content import Content, Equipment, Factor
from device_profiles.hj212.load import (
    Code,
    FactorEntry,
    codes,
    codes_of_2005,
    commands,
    factors,
    systems,
)
from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.received import read_packet
from device_profiles.hj212.segment import Segment, write_segment
from device_profiles.hj212.segment_findings import field_number
from device_profiles.hj212.value import Value


def told(text: bytes) -> dict[str, object]:
    """What the packet `text` says, as values that JSON has.

    Fields, parameters, factors with numbers, presumed units, flags and raw text, equipment, every
    finding, and the packet that a monitoring centre has to answer (None: no answer is due).

    Raises:
        WireError: the packet is refused; see `received.read_packet`.
    """
    packet = read_packet(text)
    segment, content = packet.segment, packet.content
    command = commands().get(segment.cn)
    answer = centre_answer(segment)
    return {
        "protocol": "hj212",
        "fields": _fields(segment),
        "version": {0: "2005", 1: "2017", 2: "2025"}.get(
            -1 if segment.version is None else segment.version
        ),
        "command": _meaning(command),
        "covers": command.covers if command else None,
        "system": _meaning(systems().get(segment.st or "")),
        "answer_wanted": segment.answer_wanted,
        "parameters": dict(content.parameters),
        "codes": _codes(content),
        "factors": [_factor(each) for each in content.factors],
        "equipment": [_equipment(each) for each in content.equipment],
        "unread": list(content.unread),
        "findings": [each.record() for each in packet.findings],
        "answer": None if answer is None else packet_of(write_segment(answer)).decode(),
    }


def _fields(segment: Segment) -> dict[str, object]:
    fields = {
        "QN": segment.qn,
        "ST": segment.st,
        "CN": segment.cn,
        "PW": segment.pw,
        "MN": segment.mn,
        "Flag": segment.flag,
        "PNUM": segment.pnum,
        "PNO": segment.pno,
    }
    return {**fields, **dict(segment.others)}


def _factor(factor: Factor) -> dict[str, object]:
    code = codes_of_2005().get(factor.code, factor.code)
    entry = factors().get(code)
    return {
        "code": factor.code,
        "code_2017": code if entry else None,
        "name": _meaning(entry),
        "flag": factor.flag.value,
        "values": {
            name: {**_value(value), "presumed_unit": _unit(entry, name)}
            for name, value in factor.values.items()
        },
        "details": dict(factor.details),
        "caution": entry.caution if entry else None,
        "raw": _shown(factor.raw),
    }


def _equipment(equipment: Equipment) -> dict[str, object]:
    state, hours = equipment.state, equipment.run_time_h
    known = None
    if state is not None and isinstance(state.number, int):
        known = codes("equipment_states").get(state.number)
    return {
        "code": equipment.code,
        "state": state and {**_value(state), "meaning": _meaning(known)},
        "run_time_h": hours and _value(hours),
        "details": dict(equipment.details),
        "raw": _shown(equipment.raw),
    }


def _codes(content: Content) -> dict[str, object]:
    """What QnRtn and ExeRtn mean, where they are there and listed."""
    meanings: dict[str, object] = {}
    request, execution = codes("request_answers"), codes("execution_results")
    for name, table in (("QnRtn", request), ("ExeRtn", execution)):
        number = field_number(content.parameters.get(name), 0, 999)
        if number is not None:
            meanings[name] = _meaning(table.get(number))
    return meanings


def _value(value: Value) -> dict[str, object]:
    number = None if isinstance(value.number, NotAvailable) else value.number
    return {"text": value.text, "number": number, "decimals": value.decimals}


def _unit(entry: FactorEntry | None, name: str) -> str | None:
    if entry is None:
        return None
    return entry.amount if name == "Cou" else entry.unit


def _meaning(code: Code | None) -> Mapping[str, str] | None:
    return None if code is None else {"en": code.en, "zh": code.zh}


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
