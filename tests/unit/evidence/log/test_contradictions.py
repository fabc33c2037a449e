import math
from collections.abc import Callable

import msgspec
import pytest

from calibration.indication import Quality
from calibration.measurand import ReferenceConditions
from evidence.errors import EvidenceError, LeafContentError, Words
from evidence.log.batch import (
    Batch,
    Contribution,
    Leaf,
    Miss,
    Record,
    RecordKind,
    Stream,
    decode,
    encode,
)
from evidence.log.column import Progression
from tests.unit.evidence.log.examples import (
    BATCH,
    CERT,
    DOCUMENT,
    GAS,
    START_MS,
    STREAM,
    batch_of,
    changed,
    of_rows,
    with_head,
)


def refused(data: bytes) -> EvidenceError:
    """How `decode` refuses; it refuses with an error of this room or the test fails."""
    with pytest.raises(EvidenceError) as error:
        decode(data)
    return error.value


NAN = math.nan


def missing(**what: object) -> Miss:
    return msgspec.structs.replace(STREAM.missed[0], **what)


CONTRADICTIONS: dict[str, Callable[[], Leaf]] = {
    "sequence column": lambda: batch_of(changed(sequence=Progression(first=1, steps=(1,)))),
    "time column": lambda: batch_of(changed(at_ms=Progression(first=1, steps=(1, 1, 1)))),
    "no steps for three rows": lambda: batch_of(changed(at_ms=Progression(first=1, steps=()))),
    "raw": lambda: batch_of(changed(raw=STREAM.raw[:2])),
    "raw without rows": lambda: batch_of(msgspec.structs.replace(of_rows(0), raw=("00",))),
    "raw that is not hexadecimal": lambda: batch_of(changed(raw=("xy", "00", "00"))),
    "raw of a miss": lambda: batch_of(changed(missed=(missing(raw="0"),))),
    "a miss that shows no number": lambda: batch_of(changed(missed=(missing(indication=NAN),))),
    "a miss beyond 2^53": lambda: batch_of(changed(missed=(missing(indication=2**53 + 1),))),
    "indication": lambda: batch_of(changed(indication=(1.0,))),
    "value": lambda: batch_of(changed(value=(1.0, 2.0))),
    "quality": lambda: batch_of(changed(quality=(Quality.GOOD,))),
    "fresh": lambda: batch_of(changed(fresh=(0.1, 0.2, 0.3, 0.4))),
    "contribution": lambda: contributing(Contribution(influence=CERT, contribution=(1.0,))),
    "no form": lambda: contributing(Contribution(influence=CERT)),
    "two forms": lambda: contributing(
        Contribution(influence=CERT, contribution=1.0, relative=1e-3)
    ),
    "one influence twice": lambda: contributing(
        Contribution(influence=CERT, contribution=1.0), Contribution(influence=CERT, relative=1e-3)
    ),
    "NaN indication": lambda: batch_of(changed(indication=(1.0, NAN, 2.0))),
    "an indication that JSON rounds": lambda: batch_of(changed(indication=(2**53 + 1, 1, 2))),
    "an indication that no float holds": lambda: batch_of(changed(indication=(10**400, 1, 2))),
    "infinite value": lambda: batch_of(changed(value=(1.0, math.inf, 2.0))),
    "NaN fresh": lambda: batch_of(changed(fresh=NAN)),
    "NaN contribution": lambda: contributing(Contribution(influence=CERT, contribution=NAN)),
    "NaN relative without rows": lambda: batch_of(
        msgspec.structs.replace(
            of_rows(0), contributions=(Contribution(influence=CERT, relative=NAN),)
        )
    ),
    "a product that overflows": lambda: contributing(
        Contribution(influence=CERT, relative=1.7e308)
    ),
    "NaN resolution": lambda: batch_of(with_head(resolution=NAN)),
    "NaN rollover": lambda: batch_of(with_head(rollover=NAN)),
    "infinite rated rate": lambda: batch_of(with_head(rated_rate=math.inf)),
    "NaN name-plate": lambda: batch_of(with_head(nameplate_mpe_relative=NAN)),
    "NaN parameter": lambda: batch_of(with_head(parameters={"ct_ratio": NAN})),
    "NaN reference conditions": lambda: batch_of(
        with_head(
            measurand=msgspec.structs.replace(
                GAS,
                reference_conditions=ReferenceConditions(
                    temperature_K=NAN, pressure_Pa=1.0, wet=False
                ),
            )
        )
    ),
    "NaN clock": lambda: batch_of(
        clock=msgspec.structs.replace(BATCH.clock, standard_uncertainty_s=NAN)
    ),
    "NaN fact": lambda: batch_of(records=(fact(NAN),)),
    "a fact that JSON rounds": lambda: batch_of(records=(fact(2**53 + 1),)),
    "a poll before the first": lambda: batch_of(changed(sequence=Progression(first=1, steps=-1))),
    "a poll beyond 63 bits": lambda: batch_of(
        changed(sequence=Progression(first=2**63 - 2, steps=1))
    ),
    "a time that 64 bits of ns cannot hold": lambda: batch_of(
        changed(at_ms=Progression(first=START_MS, steps=(1, 2**60)))
    ),
    "a time before 1970": lambda: batch_of(changed(at_ms=Progression(first=1, steps=-1))),
    "1,001 readings": lambda: batch_of(of_rows(1001)),
    "1,001 readings in two streams": lambda: batch_of(of_rows(1000), of_rows(1, "a/b/c")),
    "readings that negative rows make up for": lambda: batch_of(
        claiming(10**13), claiming(-(10**13))
    ),
    "a position below 0": lambda: batch_of(sequence=-1),
    "a document's position below 0": lambda: msgspec.structs.replace(DOCUMENT, sequence=-1),
    "half a surrogate pair": lambda: msgspec.structs.replace(DOCUMENT, name="\udcff.toml"),
}


def contributing(*parts: Contribution) -> Batch:
    return batch_of(changed(contributions=parts))


def fact(number: float) -> Record:
    return Record(kind=RecordKind.EXCHANGE, at_ms=START_MS, facts={"closing": number})


def claiming(rows: int) -> Stream:
    return msgspec.structs.replace(of_rows(0), rows=rows)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_leaf_that_contradicts_itself_is_never_written(name: str) -> None:
    leaf = CONTRADICTIONS[name]()
    with pytest.raises(LeafContentError) as error:
        encode(leaf)
    assert isinstance(error.value.facts["what"], Words)
    assert "限值为" in error.value.say("zh")


UNKNOWN_AS_NULL = {
    "a miss that shows no number",
    "NaN rollover",
    "infinite rated rate",
    "NaN name-plate",
}


@pytest.mark.parametrize("name", [name for name in CONTRADICTIONS if "surrogate" not in name])
def test_nor_is_it_believed_when_another_wrote_it(name: str) -> None:
    data = msgspec.json.encode(CONTRADICTIONS[name]())
    if name in UNKNOWN_AS_NULL:
        assert decode(data) == BATCH  # null says there that it is not known
    else:
        assert refused(data).code in {"E_JSON_LEAF", "E_JSON_CONTENT"}
