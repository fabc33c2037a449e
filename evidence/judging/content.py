"""Whether a decoded leaf holds what it may: its place, storable numbers, recomputable results."""

from typing import Final

from calibration.measurand import Accumulation
from calibration.timeline import Timeline
from evidence.errors import LeafContentError, Words
from evidence.judging.judgement import Position
from evidence.judging.recompute import difference, recompute
from evidence.judging.stream import check_stamps
from evidence.log.batch import Batch, Document, Record, Stream, values
from evidence.log.column import MOST

WHOLE: Final = 2**63  # what a fact of a record must stay below to be stored


def check_position(leaf: Batch | Document, position: Position) -> None:
    """Refuses a leaf that says it stands elsewhere than its signed envelope."""
    found, signed = (leaf.agent, leaf.epoch, leaf.sequence), position.place
    if found != signed:
        raise LeafContentError(
            "leaf",
            what=Words(f"it says it stands at {found}", f"其声明的位置为 {found}"),
            limit=Words(f"its signed position {signed}", f"其签署的位置 {signed}"),
        )


def check_record(record: Record) -> None:
    """Refuses what cannot be stored: an instant out of all time, a number that is too long."""
    ends = [record.at_ms] if record.until_ms is None else [record.at_ms, record.until_ms]
    check_stamps(record.channel, ends)
    numbers = [fact for fact in record.facts.values() if isinstance(fact, int)]
    if any(abs(number) >= WHOLE for number in numbers):
        raise LeafContentError(
            record.channel,
            what=Words("a record's number is too long", "记录中的数字过长"),
            limit=Words("64 bits", "64 位"),
        )


def check_size(stream: Stream) -> None:
    """Numbers that nothing in a factory has would overflow in squares and sums."""
    if any(abs(number) > MOST for number in (*stream.indication, *values(stream))):
        raise LeafContentError(
            stream.head.channel, what=Words("a number is too large", "数值过大"), limit="1e15"
        )


def check_recomputed(stream: Stream, timeline: Timeline) -> None:
    """Values and contributions must follow from the indications and the logged certificates."""
    if stream.rows == 0:
        return
    if stream.head.measurand.accumulation == Accumulation.REGISTER:
        if stream.value is not None:
            raise LeafContentError(
                stream.head.channel,
                what=Words("a register's reading was altered", "累计读数被更改"),
                limit=Words("none", "无"),
            )
        return
    apart = difference(stream, recompute(stream, timeline))
    if apart is not None:
        raise LeafContentError(
            stream.head.channel, what=apart, limit=Words("recomputation from raw", "由原始数据复算")
        )
