"""Answers cut into DataValues: made by asyncua, whole and mutated."""

import contextlib
from datetime import UTC, datetime

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.opcua.datavalue import decode
from device_profiles.opcua.services import publication, read_results
from device_profiles.wire_errors import (
    WireError,
    WireForeignError,
    WireLengthError,
    WireRefusedError,
    WireValueError,
)

T0 = datetime(2026, 1, 1, tzinfo=UTC)
ODD = (
    ua.Variant([1.0, 2.0], ua.VariantType.Double),
    ua.Variant([[1, 2], [3, 4]], ua.VariantType.Int32),
    ua.Variant(["a", None, "ccc"], ua.VariantType.String),
    ua.Variant(ua.NodeId("x", 2)),
    ua.Variant(ua.LocalizedText("Strom", "de")),
    ua.Variant(ua.QualifiedName("q", 3)),
    ua.Variant(ua.EUInformation("urn:u", 1, ua.LocalizedText("kWh"), ua.LocalizedText("k"))),
    ua.Variant(ua.DataValue(ua.Variant(1, ua.VariantType.Byte))),
    ua.Variant([ua.Variant(1, ua.VariantType.Int16)], ua.VariantType.Variant),
    ua.Variant(b"\1\2", ua.VariantType.ByteString),
    ua.Variant(ua.DiagnosticInfo(), ua.VariantType.DiagnosticInfo),
    ua.Variant(ua.StatusCode(0x8034_0000)),
)


def read_answer(values: list[ua.DataValue], result: int = 0) -> bytes:
    answer = ua.ReadResponse()
    answer.Results = values
    answer.ResponseHeader.ServiceResult = ua.StatusCode(result)
    answer.ResponseHeader.StringTable = ["one", "two"]
    return bytes(struct_to_binary(answer))


def publish_answer(
    changes: list[tuple[int, ua.DataValue]], sequence: int = 5, ended: int | None = None
) -> bytes:
    notes: list[object] = []
    if changes:
        note = ua.DataChangeNotification()
        note.MonitoredItems = [ua.MonitoredItemNotification(*change) for change in changes]
        notes.append(note)
    if ended is not None:
        notes.append(ua.StatusChangeNotification(Status=ua.StatusCode(ended)))
    answer = ua.PublishResponse()
    answer.Parameters.SubscriptionId = 7
    answer.Parameters.AvailableSequenceNumbers = [3, 4, 5]
    answer.Parameters.NotificationMessage.SequenceNumber = sequence
    answer.Parameters.NotificationMessage.PublishTime = T0
    answer.Parameters.NotificationMessage.NotificationData = notes
    return bytes(struct_to_binary(answer))


def value(number: float) -> ua.DataValue:
    return ua.DataValue(ua.Variant(number, ua.VariantType.Double), SourceTimestamp=T0)


def test_each_result_is_cut_out_as_it_came() -> None:
    values = [value(1.5), ua.DataValue(StatusCode=ua.StatusCode(0x8034_0000)), value(2.5)]
    found = read_results(read_answer(values), 3, "server")
    assert found == tuple(struct_to_binary(each) for each in values)
    assert [decode(raw).value for raw in found] == [1.5, None, 2.5]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_a_value_that_cannot_be_read_does_not_spoil_its_neighbours(odd: ua.Variant) -> None:
    found = read_results(read_answer([value(1.5), ua.DataValue(odd), value(2.5)]), 3, "server")
    assert (decode(found[0]).value, decode(found[2]).value) == (1.5, 2.5)
    with pytest.raises(WireValueError):
        decode(found[1])


def test_another_number_of_results_or_another_answer_is_refused() -> None:
    answer = read_answer([value(1.5)])
    with pytest.raises(WireForeignError):
        read_results(answer, 2, "server")
    with pytest.raises(WireForeignError):
        publication(answer, "server")
    with pytest.raises(WireRefusedError) as caught:
        read_results(read_answer([], 0x8010_0000), 0, "server")
    assert "BadTooManyOperations" in str(caught.value)


def test_the_type_of_an_answer_is_known_in_any_numeric_form() -> None:
    rest = read_answer([value(1.5)])[4:]
    assert len(read_results(b"\x02\0\0\x7a\x02\0\0" + rest, 1, "server")) == 1
    with pytest.raises(WireForeignError):
        read_results(b"\x02\1\0\x7a\x02\0\0" + rest, 1, "server")


def test_changes_come_in_the_servers_order_with_their_handles() -> None:
    found = publication(publish_answer([(3, value(1)), (1, value(2)), (3, value(3))]), "server")
    assert (found.subscription, found.sequence, found.carries, found.ended) == (7, 5, True, None)
    assert [(handle, decode(raw).value) for handle, raw in found.changes] == [
        (3, 1),
        (1, 2),
        (3, 3),
    ]


def test_a_message_without_content_and_an_end_are_told_apart() -> None:
    alive = publication(publish_answer([]), "server")
    assert (alive.carries, alive.changes, alive.ended) == (False, (), None)
    ended = publication(publish_answer([(1, value(1))], ended=0x800A_0000), "server")
    assert (ended.ended, len(ended.changes)) == (0x800A_0000, 1)


@pytest.mark.parametrize("kept", range(0, 120, 7))
def test_a_cut_answer_is_refused(kept: int) -> None:
    answer = publish_answer([(1, value(1)), (2, value(2))])
    with pytest.raises(WireLengthError):
        publication(answer[:kept], "server")


@given(st.data())
def test_mutated_answers_raise_nothing_but_wire_errors(data: st.DataObject) -> None:
    read = data.draw(st.booleans())
    whole = read_answer([value(1), value(2)]) if read else publish_answer([(1, value(1))], 5, 0)
    raw = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        read_results(bytes(raw), 2, "server") if read else publication(bytes(raw), "server")
