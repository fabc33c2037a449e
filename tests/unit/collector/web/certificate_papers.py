"""Papers of a meter with a history, and of the standards behind it up to a national one."""

from collections.abc import Sequence
from typing import Final

from tests.unit.collector.api.plant import Kind, Plant

SERIAL: Final = "S-H"
AT: Final = (20.0, 100.0, 300.0)
U: Final = 0.0006
LEFT: Final = {"H-1": 0.0010, "H-2": 0.0012, "H-3": 0.0011}
FOUND: Final = {"H-2": 0.0030, "H-3": 0.0034}
DAYS: Final = {"H-1": "2023-01-10", "H-2": "2024-01-10", "H-3": "2025-01-10"}
MPE: Final = 0.0025
SHARE: Final = 0.0002
_STANDARD: Final = """[[standards]]
influence = "std:{lab}/{name}"
certificate = "{name}"
relative_standard_uncertainty = {share}
"""
_HEAD: Final = """schema = 1
id = "{number}"
kind = "calibration"
performed_on = {day}
recorded_at = {day}T08:00:00Z
{more}[instrument]
maker = "{maker}"
model = "{model}"
serial = "{serial}"
[laboratory]
name = "{lab}"
accreditation = "CNAS L0001"
"""
_RESULT: Final = """[[results]]
kind_of_quantity = "active_energy"
unit = "kW.h"
result = "relative_error"
argument = "load"
argument_unit = "kW"
measuring_interval = [20.0, 300.0]
condition = "{condition}"
conditions = "(23 ± 1) °C"
points = [{points}]
"""
_CONFIRMATION: Final = """schema = 1
id = "K-{number}"
certificate = "{number}"
serial = "{serial}"
requirement = "GB 17167, class 0.5"
decision = "pass"
rule = "guarded acceptance, w = U"
fitted_by = ""
mpe_relative = {mpe}
effective_from = {day}T12:00:00Z
due_on = {due_on}
confirmed_by = "Q. Wang"
recorded_at = {day}T12:00:00Z
"""


def _points(offset: float) -> str:
    return ", ".join(
        f"{{ at = {at}, value = {offset + at * 1e-6}, expanded_uncertainty = {U} }}" for at in AT
    )


def _result(condition: str, offset: float) -> str:
    return _RESULT.format(condition=condition, points=_points(offset))


def _meter(number: str) -> str:
    found = FOUND.get(number)
    more = "" if found is None else 'adjustment = "gain set"\n'
    head = _HEAD.format(
        number=number,
        day=DAYS[number],
        more=more,
        maker="ABB",
        model="B23",
        serial=SERIAL,
        lab="SDIM",
    )
    results = [] if found is None else [_result("as_found", found)]
    standard = _STANDARD.format(lab="SDIM", name="E-17", share=SHARE)
    return "".join([head, standard, *results, _result("as_left", LEFT[number])])


def _reference(number: str, lab: str, day: str, above: str = "") -> str:
    head = _HEAD.format(
        number=number,
        day=day,
        more="",
        maker="ZERA",
        model="COM3003",
        serial=f"REF-{number}",
        lab=lab,
    )
    return head + above


def _confirmed(number: str, serial: str, day: str, due_on: str) -> str:
    return _CONFIRMATION.format(number=number, serial=serial, day=day, due_on=due_on, mpe=MPE)


def history_papers() -> Sequence[tuple[Kind, str, bytes]]:
    """Three certificates of one meter, their confirmations, and two standards above them.

    The reference standard was in date when H-1 and H-2 were made, and not when H-3 was.
    """
    national = _STANDARD.format(lab="NIM", name="N-1", share=0.0001)
    texts: list[tuple[Kind, str]] = [
        ("certificate", _reference("N-1", "NIM", "2021-06-01")),
        ("certificate", _reference("E-17", "NIM", "2022-06-01", national)),
        ("confirmation", _confirmed("E-17", "REF-E-17", "2022-06-02", "2024-06-01")),
        ("confirmation", _confirmed("N-1", "REF-N-1", "2021-06-02", "2026-06-01")),
        *(("certificate", _meter(number)) for number in DAYS),
        *(
            ("confirmation", _confirmed(number, SERIAL, day, f"{int(day[:4]) + 1}-01-09"))
            for number, day in DAYS.items()
        ),
    ]
    return [
        (kind, f"{kind}-{number}.toml", text.encode()) for number, (kind, text) in enumerate(texts)
    ]


def log_history(plant: Plant) -> None:
    """Has the agent of Jinan log them."""
    for paper in history_papers():
        plant.log_file(plant.gw1, *paper)
    plant.judging.catch_up()
