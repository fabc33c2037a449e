import base64
import json

import msgspec
import pytest
from hypothesis import given, settings

from evidence.errors import LeafContentError
from evidence.log.batch import (
    Contribution,
    Document,
    Leaf,
    contributions,
    decode,
    document,
    encode,
    values,
)
from evidence.log.column import Progression
from evidence.log.row import results
from tests.unit.evidence.log.examples import (
    DOCUMENT,
    EPOCH,
    STANDARD,
    START_MS,
    STREAM,
    batch_of,
    changed,
    leaves,
    of_rows,
)


@given(leaves)
@settings(deadline=None)
def test_what_was_encoded_is_decoded_to_the_same(leaf: Leaf) -> None:
    assert decode(encode(leaf)) == leaf


@given(leaves)
@settings(deadline=None)
def test_encoding_is_repeatable_byte_for_byte(leaf: Leaf) -> None:
    data = encode(leaf)
    assert encode(decode(data)) == data


def test_an_error_names_channel_and_column() -> None:
    with pytest.raises(LeafContentError) as error:
        encode(batch_of(changed(raw=STREAM.raw[:2])))
    assert error.value.where == "jinan/meter-1/power raw"


def test_a_thousand_readings_fit_whether_in_one_stream_or_in_many() -> None:
    one = batch_of(of_rows(1000))
    many = batch_of(*(of_rows(1, f"a/b/{k}") for k in range(1000)))
    assert decode(encode(one)) == one
    assert decode(encode(many)) == many


def test_a_stream_may_hold_nothing_but_misses() -> None:
    silent = msgspec.structs.replace(
        of_rows(0), sequence=Progression(first=0, steps=()), missed=STREAM.missed
    )
    assert decode(encode(batch_of(silent))) == batch_of(silent)
    assert results(silent, EPOCH) == []


def test_what_is_constant_and_what_is_default_costs_nothing() -> None:
    stream = json.loads(encode(batch_of(of_rows(500))))["streams"][0]
    assert stream["sequence"] == {"first": 0, "steps": 1}
    assert stream["at_ms"] == {"first": START_MS, "steps": 1000}
    assert not {"value", "quality", "contributions", "fresh", "missed"} & stream.keys()


def test_without_a_function_the_values_are_the_indications() -> None:
    assert values(of_rows(2)) == (0, 0)
    assert values(STREAM) == STREAM.value


def test_a_relative_contribution_follows_the_values() -> None:
    relative = Contribution(influence=STANDARD, relative=0.5)
    assert contributions(changed(value=(1.0, -2.0, 4.0)), relative) == (0.5, -1.0, 2.0)
    same = Contribution(influence=STANDARD, contribution=0.25)
    assert contributions(STREAM, same) == (0.25, 0.25, 0.25)


@pytest.mark.parametrize("data", [b"", b"schema = 1\r\n", bytes(range(256))])
def test_a_document_carries_the_exact_bytes_of_its_file(data: bytes) -> None:
    leaf = document(("gw-1", EPOCH, 3), "certificate", "c.toml", data)
    found = decode(encode(leaf))
    assert isinstance(found, Document)
    assert found.data() == data
    assert (found.agent, found.epoch, found.sequence) == ("gw-1", EPOCH, 3)


@pytest.mark.parametrize("content", ["*", "QQ=", "QQ==\n", "QUJD ", "é", "QQ", "=QQ="])
def test_a_document_that_is_not_base64_is_refused(content: str) -> None:
    with pytest.raises(LeafContentError) as error:
        msgspec.structs.replace(DOCUMENT, content=content).data()
    assert error.value.where == "x.toml"
    assert "文件内容不是 base64；限值为 RFC 4648 第 4 节" in error.value.say("zh")


def test_a_document_with_another_digest_is_refused() -> None:
    other = base64.b64encode(b"schema = 2\n").decode()
    with pytest.raises(LeafContentError, match="does not have its digest") as error:
        msgspec.structs.replace(DOCUMENT, content=other).data()
    assert "文件内容与其摘要不符" in error.value.say("zh")
