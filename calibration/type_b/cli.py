"""The command `carbonmeter calibration type-b`."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from calibration.printing import print_fields, print_json, print_table
from calibration.type_b.answer import Answer, answer
from calibration.type_b.entries import ConfirmationEntries, confirmation_entries
from calibration.type_b.errors import TypeBUsageError
from calibration.type_b.evaluation import TypeBEvaluation, unconfirmed
from calibration.type_b.limit import StatedLimit
from calibration.type_b.load import class_tables, orifice_rule
from calibration.type_b.orifice import OrificeRule
from calibration.type_b.table import ClassTable
from calibration.type_b.telling import note_text, shown, shown_status, unconfirmed_text
from calibration.uncertainty import combine

OK, FINDING, USAGE = 0, 1, 2
COLUMNS: Final = ("deviation", "limit", "distribution", "u", "c*u", "influence", "source", "status")


def tell_type_b(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0; 1 where a figure is recalled and not confirmed; 2 usage.

    Raises:
        TypeBError, CalibrationError: no limit, or no uncertainty, follows from the options.
    """
    if arguments.list:
        return _list(as_json=arguments.json)
    try:
        found = answer(arguments)
    except TypeBUsageError as wrong:
        sys.stderr.write(f"{wrong.say(arguments.language)}\n")
        return USAGE
    entries = confirmation_entries(found.evaluations, found.serial, found.at)
    if arguments.json:
        print_json(_record(found, entries))
    elif arguments.confirmation:
        _show_entries(entries)
    else:
        _show(found, arguments.language)
    return FINDING if unconfirmed(found.evaluations) else OK


def _record(found: Answer, entries: ConfirmationEntries) -> dict[str, Any]:
    sources = unconfirmed(found.evaluations)
    return {
        "evaluations": [_evaluation_record(each) for each in found.evaluations],
        "standard_uncertainty": _combined(found),
        "combined_maximum_error": None if found.combined is None else _limit(found.combined),
        "confirmation": msgspec.to_builtins(entries),
        "findings": [{"code": "unconfirmed_figures", "sources": sources}] if sources else [],
    }


def _evaluation_record(each: TypeBEvaluation) -> dict[str, Any]:
    return {
        **_limit(each.limit),
        "standard_uncertainty": each.standard_uncertainty,
        "sensitivity": each.sensitivity,
        "contribution": each.contribution,
        "acts": each.acts,
        "influence": each.influence.id,
        "shared": each.influence.shared,
        "u_basis": each.basis.value,
    }


def _limit(limit: StatedLimit) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(limit)
    return record


def _combined(found: Answer) -> dict[str, float | str]:
    """Root of the sum of squares over influences; unit "1" where all are relative."""
    relative = all(each.acts == "relative" for each in found.evaluations)
    parts = [each.component(1.0 if relative else found.at) for each in found.evaluations]
    return {"value": combine(parts), "unit": "1" if relative else found.unit}


def _show(found: Answer, language: str) -> None:
    print_table(COLUMNS, [_row(each) for each in found.evaluations])
    print()
    total = _combined(found)
    fields = {"standard uncertainty": shown(float(total["value"]), str(total["unit"]))}
    if found.combined is not None:
        limit = found.combined
        fields["combined maximum error"] = shown(limit.half_width, limit.unit)
    print_fields(fields)
    limits = [each.limit for each in found.evaluations]
    for note in dict.fromkeys(note for limit in limits for note in limit.notes):
        print(note_text(note, language))
    for limit in limits:
        if limit.remark:
            print(f"{limit.name}: {limit.remark}")
    for source in unconfirmed(found.evaluations):
        print(unconfirmed_text(source, language))


def _row(each: TypeBEvaluation) -> Sequence[str]:
    limit = each.limit
    acts_in = "1" if each.acts == "relative" else limit.unit.removesuffix("/K")
    return (
        limit.name,
        shown(limit.half_width, limit.unit),
        limit.distribution.value,
        shown(each.standard_uncertainty, limit.unit),
        shown(each.contribution, acts_in),
        each.influence.id,
        limit.source.name,
        shown_status(limit.source),
    )


def _show_entries(entries: ConfirmationEntries) -> None:
    """Lines for the TOML files of the instrument."""
    if entries.mpe_relative is not None:
        print("# in [conformity] of its verification, or nameplate_mpe_relative of the agent")
        print(f"mpe_relative = {entries.mpe_relative!r}")
    for name, u in entries.repeatability.items():
        print(f"# in the certificate, at this reading: {name}")
        print(f"repeatability = {u!r}")
    for each in entries.influences:
        print("\n[[influences]]")
        for key, value in msgspec.to_builtins(each).items():
            if value not in (0.0, None):
                print(f"{key} = {json.dumps(value, ensure_ascii=False)}")


def _list(*, as_json: bool) -> int:
    tables: tuple[ClassTable | OrificeRule, ...] = (*class_tables(), orifice_rule())
    records = [
        {
            "id": each.id,
            "classes": list(each.classes),
            "standard": each.standard,
            "edition": each.edition,
            "title": each.title,
            "status": each.status.value,
            "confidence": each.confidence,
            "seen_in": each.seen_in,
            "omitted": list(each.omitted),
        }
        for each in tables
    ]
    if as_json:
        print_json({"tables": records})
        return OK
    columns = ("id", "classes", "edition", "status", "standard")
    rows = [[_cell(record[name]) for name in columns] for record in records]
    print_table(columns, rows)
    return OK


def _cell(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
