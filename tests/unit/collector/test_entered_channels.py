"""What people enter cannot come from an agent: streams and computed channels have other names."""

import msgspec

from tests.unit.collector.api.plant import LINE_1, LINE_2, stream
from tests.unit.collector.judged import Judged, exchange

ENTERED = "jinan/~line-1/energy"


def test_a_stream_with_the_name_of_what_people_enter_is_set_aside_by_name() -> None:
    judged = Judged().files()
    plain = stream(LINE_1, 0, 6)
    head = msgspec.structs.replace(plain.head, channel=ENTERED)
    judgement = judged.batch(msgspec.structs.replace(plain, head=head), stream(LINE_2, 0, 6))
    assert [(each.subject, each.code) for each in judgement.faults] == [(ENTERED, "E_JSON_CONTENT")]
    assert "people enter" in judgement.faults[0].message
    assert {each.channel for each in judgement.windows} == {LINE_2}


def test_an_exchange_recorded_there_makes_no_reading() -> None:
    judged = Judged().files()
    facts: dict[str, str | float] = {"closing": 1.0, "opening": 2.0}
    judgement = judged.batch(records=[exchange(2, facts, channel=ENTERED)])
    assert judgement.windows == []
    assert ENTERED not in {channel for channel, _ in judged.windows}
