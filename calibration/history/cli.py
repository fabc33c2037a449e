"""The commands `carbonmeter calibration history | chain | shift | due`."""

import argparse
import sys
from typing import Any

import msgspec

from calibration.history.chain import (
    Link,
    certificate_by_id,
    chain,
    resting_on,
    shared_influences,
)
from calibration.history.due import Due, due
from calibration.history.outcome import RegisterOutcome
from calibration.history.review import review, serials
from calibration.history.shift import COVERAGE_FACTOR, Shift, shifts
from calibration.history.suspect import effect, suspects
from calibration.load import read_folder, register_as_written
from calibration.measurand import KindOfQuantity
from calibration.printing import print_fields, print_json, print_table, write_text
from calibration.register import CalibrationRegister

OK, FINDING, USAGE = 0, 1, 2


def tell_history(arguments: argparse.Namespace) -> int:
    """Exit code of `history`: 0 nothing but notes, 1 a finding.

    Raises:
        CalibrationError: a file cannot be read, or certificates cannot be compared.
    """
    register = _register(arguments).as_known(arguments.known_at)
    asked = serials(register) if arguments.serial is None else (arguments.serial,)
    found = [outcome for serial in asked for outcome in review(register, serial, arguments.as_of)]
    if arguments.json:
        print_json({"outcomes": [_record(each) for each in found]})
    else:
        for each in found:
            print(f"{each.weight:7}  {each.serial}  {each.say(arguments.language)}")
        print(f"{len(asked)} instruments, {len(found)} outcomes")
    return FINDING if any(each.weight == "finding" for each in found) else OK


def _register(arguments: argparse.Namespace) -> CalibrationRegister:
    (folder,) = arguments.paths
    return register_as_written(read_folder(folder))


def _record(outcome: RegisterOutcome) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(outcome)
    return plain | {
        "weight": outcome.weight,
        "en": outcome.say("en"),
        "zh": outcome.say("zh"),
    }


def tell_chain(arguments: argparse.Namespace) -> int:
    """Exit code of `chain`: 0; 1 where a standard was not valid; 2 for an unknown certificate.

    Raises:
        CalibrationError: a file cannot be read, or the chain leads in a circle.
    """
    register = _register(arguments)
    certificate = certificate_by_id(register, arguments.certificate)
    if certificate is None:
        known = ", ".join(sorted({each.id for each in register.certificates}))
        sys.stderr.write(f"--certificate must be one of: {known}\n")
        return USAGE
    links, below = chain(register, certificate), resting_on(register, certificate.id)
    if arguments.json:
        document = {
            "certificate": certificate.id,
            "standards": msgspec.to_builtins(links),
            "resting_on_it": list(below),
            "shared_influences": shared_influences(register),
        }
        print_json(document)
    else:
        print(certificate.id)
        _print_links(links, 1)
        print_fields({"resting on it": ", ".join(below) or "-"})
    return OK if all(_is_sound(link) for link in links) else FINDING


def _print_links(links: tuple[Link, ...], depth: int) -> None:
    for link in links:
        name = link.certificate or link.influence
        until = "" if link.until is None else f" until {link.until}"
        print(f"{'  ' * depth}{name}  {link.standard}  {link.validity}{until}")
        _print_links(link.upstream, depth + 1)


def _is_sound(link: Link) -> bool:
    return link.validity in ("valid", "unknown") and all(_is_sound(each) for each in link.upstream)


def tell_shift(arguments: argparse.Namespace) -> int:
    """Exit code of `shift`: 0; 1 where a shift exceeds its U or a check failed; 2 usage.

    Raises:
        CalibrationError: a file cannot be read, or certificates cannot be compared.
    """
    if arguments.kind not in set(KindOfQuantity):
        sys.stderr.write(f"--kind must be one of: {', '.join(KindOfQuantity)}\n")
        return USAGE
    if (arguments.amount is None) != (arguments.load is None):
        sys.stderr.write("--amount and --load belong together\n")
        return USAGE
    register, kind = _register(arguments), KindOfQuantity(arguments.kind)
    moved = shifts(register, arguments.serial, kind, arguments.channel)
    doubts = suspects(register, arguments.serial, kind, arguments.channel)
    effects = [] if arguments.load is None else _effects(moved, arguments)
    if arguments.plot is not None and moved:
        from calibration.history.plot import shifts_svg  # noqa: PLC0415 - it needs matplotlib

        write_text(arguments.plot, shifts_svg(moved))
    if arguments.json:
        shown = [_shift_record(each) for each in moved]
        print_json({"shifts": shown, "suspect": msgspec.to_builtins(doubts), "effects": effects})
    else:
        _print_shifts(moved)
        for period in doubts:
            print(f"suspect ({period.because}): {period.begins} - {period.ends or ''}")
        for each in effects:
            print_fields(each)
    return FINDING if doubts else OK


def _shift_record(shift: Shift) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(shift)
    for record, point in zip(plain["points"], shift.points, strict=True):
        record["shift"] = point.shift
        record["expanded_uncertainty"] = COVERAGE_FACTOR * point.standard_uncertainty
        record["is_significant"] = point.is_significant
    return plain


def _effects(moved: tuple[Shift, ...], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """What each shift does to the amount, in the days that both have in common."""
    told: list[dict[str, Any]] = []
    for shift in moved:
        begins = max(arguments.begins or shift.begins, shift.begins)
        ends = min(arguments.ends or shift.ends, shift.ends)
        if begins <= ends:
            found = effect(shift, arguments.amount, arguments.load, begins, ends)
            plain: dict[str, Any] = msgspec.to_builtins(found)
            told.append({"before": shift.before, "after": shift.after, **plain})
    return told


def _print_shifts(moved: tuple[Shift, ...]) -> None:
    for shift in moved:
        print(f"{shift.before} ({shift.begins}) - {shift.after} ({shift.ends}), {shift.result}")
        rows = [
            (
                f"{point.at:g}",
                f"{point.as_left:.6g}",
                f"{point.as_found:.6g}",
                f"{point.shift:.3g}",
                f"{COVERAGE_FACTOR * point.standard_uncertainty:.3g}",
                "beyond U" if point.is_significant else "",
            )
            for point in shift.points
        ]
        columns = (f"at {shift.argument_unit}", "as left", "as found", "shift", "U (k=2)", "")
        print_table(columns, rows)


def tell_due(arguments: argparse.Namespace) -> int:
    """Exit code of `due`: 0 nothing is due, 1 something is, 2 where no day is known.

    Raises:
        CalibrationError: a file cannot be read.
    """
    if arguments.as_of is None:
        sys.stderr.write("--on DAY is needed: what day is it?\n")
        return USAGE
    rows = due(_register(arguments), arguments.as_of, arguments.within)
    urgent = [each for each in rows if each.state != "in_date"]
    if arguments.json:
        document = {
            "on": arguments.as_of.isoformat(),
            "within_days": arguments.within,
            "rows": rows,
        }
        print_json(msgspec.to_builtins(document))
    else:
        _print_due(rows)
    return FINDING if urgent else OK


def _print_due(rows: tuple[Due, ...]) -> None:
    print_table(
        ("state", "due on", "days left", "rests on", "instrument"),
        [
            (
                each.state,
                str(each.due_on or "-"),
                "-" if each.days_left is None else str(each.days_left),
                each.rests_on or "-",
                each.subject,
            )
            for each in rows
        ],
    )
