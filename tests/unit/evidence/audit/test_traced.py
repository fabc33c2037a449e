"""Chains with their gaps, and the reverse question, on registers made by hand."""

import pytest

from evidence.audit.resting import roots_of
from evidence.audit.traced import traced
from tests.unit.evidence.audit.whole import CERTIFICATE, STANDARD, papers, register

MIDDLE = CERTIFICATE.replace('"C-1"', '"NIM-7"').replace('"NIM-7"\nrel', '"TOP"\nrel')
MIDDLE = MIDDLE.replace('serial = "S-1"', 'serial = "R-1"').replace("std:SDIM/E-17", "std:NIM/1")
TOP = STANDARD.replace('"NIM-7"', '"TOP"')
GAS = """schema = 1
id = "GBW-1"
kind = "reference_material"
performed_on = 2026-01-01
recorded_at = 2026-01-02T00:00:00Z
valid_until = 2027-01-01
[instrument]
maker = "NIM"
model = "GBW(E)060166"
serial = "L2231"
[laboratory]
name = "NIM"
[[certified]]
name = "CO2"
kind_of_quantity = "amount_fraction"
unit = "%"
value = 15.02
expanded_uncertainty = 0.15
"""


def gaps(**files: str) -> list[tuple[tuple[str, ...], str]]:
    known = register(**files)
    found = traced(known, "works", "C-1", papers(known))
    assert found is not None
    assert found.unbroken == (not found.gaps)
    return [(each.path, each.gap) for each in found.gaps]


def test_an_unbroken_chain_names_where_it_ends() -> None:
    known = register()
    found = traced(known, "works", "C-1", papers(known))
    assert found is not None
    assert (found.gaps, found.tops, found.unbroken) == ((), ("NIM-7",), True)
    assert [each.id for each in found.papers] == ["C-1", "NIM-7"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"standard": STANDARD.replace("2026-06-01", "2025-12-31")}, "expired"),
        ({"standard": STANDARD.replace("2025-06-01", "2026-02-01")}, "later"),
        ({"standard": STANDARD.replace("valid_until = 2026-06-01\n", "")}, "validity_unknown"),
    ],
)
def test_a_gap_is_named_with_the_path_that_leads_to_it(
    files: dict[str, str], expected: str
) -> None:
    assert gaps(**files) == [(("C-1", "NIM-7"), expected)]


def test_a_standard_without_its_certificate_leaves_two_things_unknown() -> None:
    assert gaps(standard="") == [
        (("C-1", "NIM-7"), "validity_unknown"),
        (("C-1", "NIM-7"), "certificate_absent"),
    ]


def test_a_gap_two_certificates_up_is_found() -> None:
    stated = MIDDLE.replace("recorded_at", "valid_until = 2027-01-01\nrecorded_at", 1)
    expired = TOP.replace("2026-06-01", "2025-12-31")
    assert gaps(standard=stated, top=TOP) == []
    assert gaps(standard=stated, top=expired) == [(("C-1", "NIM-7", "TOP"), "expired")]


def test_what_no_register_knows_has_no_chain() -> None:
    assert traced(register(), "works", "nothing", papers(register())) is None


@pytest.mark.parametrize(
    ("name", "known_as", "certificates"),
    [
        ("C-1", ("certificate",), {"C-1"}),
        ("NIM-7", ("certificate",), {"NIM-7", "C-1"}),
        ("std:SDIM/E-17", ("influence",), {"C-1"}),
        ("L2231", ("cylinder",), {"GBW-1"}),
        ("crm:GBW(E)060166/L2231", ("influence",), {"GBW-1"}),
        ("nothing", (), set()),
    ],
)
def test_an_id_is_known_as_what_it_is(
    name: str, known_as: tuple[str, ...], certificates: set[str]
) -> None:
    found = roots_of(register(gas=GAS), name)
    assert found.known_as == known_as
    assert found.certificates == certificates


def test_the_influences_of_a_standard_and_of_a_cylinder_are_its_own() -> None:
    known = register(gas=GAS)
    assert roots_of(known, "NIM-7").is_influence("std:SDIM/E-17")
    assert roots_of(known, "L2231").is_influence("crm:GBW(E)060166/L2231")
    assert roots_of(known, "C-1").is_influence("cert:C-1/0")
    assert not roots_of(known, "C-1").is_influence("std:SDIM/E-17")
    assert roots_of(known, "C-1").settings == {"F-1"}
