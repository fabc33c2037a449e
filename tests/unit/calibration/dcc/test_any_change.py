"""Whatever is changed in a document, it ends in an outcome or in a code."""

import re
from contextlib import suppress
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.dcc.findings import TEXTS
from calibration.dcc.write import write_certificate
from calibration.errors import CalibrationError
from tests.unit.calibration.dcc.dcc_documents import (
    KELVIN,
    MEASURED,
    PLAIN,
    RANGE,
    ROWS,
    STANDARD,
    TEMPERATURES,
    WEIGHTS,
    column,
    covariance,
    document,
    equipment,
    expanded,
    sample,
    table,
)
from tests.unit.calibration.dcc.importing import codes, imported


@cache
def written() -> bytes:
    """A document of our own, with points, a function and standards."""
    covariances = covariance(*ROWS)
    error = column("basic_measurementError", "0.1 0.2 -0.1", KELVIN, expanded("1") + covariances)
    data = document(table(MEASURED, error), statements=RANGE, measurement=equipment(STANDARD))
    found = imported(data).certificate
    assert found is not None
    return write_certificate(found, "v1")


PLAIN_DOCUMENTS = [sample(PLAIN), sample(WEIGHTS), document(TEMPERATURES, statements=RANGE)]


@settings(max_examples=200)
@given(
    st.sampled_from(PLAIN_DOCUMENTS),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.binary(max_size=3), st.integers(0, 3)), max_size=4),
)
def test_any_change_of_a_few_bytes_ends_in_an_outcome_or_in_a_code(
    data: bytes, changes: list[tuple[float, bytes, int]]
) -> None:
    for share, put, gone in changes:
        at = int(share * len(data))
        data = data[:at] + put + data[at + gone :]
    with suppress(CalibrationError):
        assert set(codes(imported(data, item="1040917"))) <= set(TEXTS)


WORDS = sorted(set(re.findall(rb">([^<>]*)<", written())) | {b"", b"-1", b"1e308", b"x y", b"|"})


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.sampled_from(WORDS))
def test_any_word_in_the_place_of_another_in_our_own_document_ends_likewise(
    place: int, word: bytes
) -> None:
    data = written()
    words = list(re.finditer(rb">([^<>]*)<", data))
    start, end = words[place % len(words)].span(1)
    with suppress(CalibrationError):
        assert set(codes(imported(data[:start] + word + data[end:]))) <= set(TEXTS)
