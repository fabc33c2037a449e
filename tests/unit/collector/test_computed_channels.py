"""A channel is measured or computed, never both; and only by a model that exists."""

from tests.unit.calibration.derivation_text import TEXT
from tests.unit.collector.api.plant import LINE_1, LINE_2, stream
from tests.unit.collector.judged import Judged


def test_what_is_said_to_be_computed_is_not_taken_as_measured() -> None:
    judged = Judged()
    text = TEXT.replace("works/stack-1/co2", LINE_1).replace("works/", "jinan/")
    assert judged.file("derivation", "co2.toml", text.encode()).faults == []
    found = judged.batch(stream(LINE_1, 0, 5), stream(LINE_2, 0, 5))
    assert [each.subject for each in found.faults] == [LINE_1]
    assert "computed" in found.faults[0].message
    assert {each.channel for each in found.windows} == {LINE_2}


def test_a_derivation_by_a_model_that_is_none_is_named() -> None:
    judged = Judged()
    found = judged.file("derivation", "co2.toml", TEXT.replace("HJ75-CO2", "own").encode())
    assert [each.code for each in found.faults] == ["E_MODEL_UNKNOWN"]
