"""The exchange of an instrument as a record states it, and as heads show it. Pure."""

from calibration.increment import Exchange
from evidence.errors import LeafContentError, Words
from evidence.log.batch import Record, StreamHead
from evidence.log.column import finite


def exchange_of(record: Record) -> Exchange:
    """The exchange that a record states.

    Raises:
        LeafContentError: a fact is missing or is not a number.
    """
    facts = record.facts
    try:
        closing, opening = float(facts["closing"]), float(facts["opening"])
        finite((closing, opening), record.channel)
        return Exchange(
            at_ns=record.at_ms * 1_000_000,
            closing_value=closing,
            opening_value=opening,
            old_serial=str(facts["old_serial"]),
            new_serial=str(facts["new_serial"]),
        )
    except (KeyError, ValueError) as cause:
        raise LeafContentError(
            record.channel,
            what=Words(f"an exchange record lacks {cause}", f"更换记录缺少 {cause}"),
            limit=Words(
                "old_serial, new_serial, closing and opening",
                "old_serial、new_serial、closing 与 opening",
            ),
        ) from cause


def scale_of(head: StreamHead) -> tuple[object, ...]:
    """In what a register's numbers are told: a ratio of transformers moves the whole register.

    Not the resolution: that of a float grows with what is counted, and is another one in a batch
    that has misses alone.
    """
    return dict(head.parameters), head.measurand
