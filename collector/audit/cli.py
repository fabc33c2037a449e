"""The commands `carbonmeter audit` and `carbonmeter audit sample`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from collector.audit.options import audit_parser, sample_parser

OK: Final = 0
FINDING: Final = 1
CONFIGURATION: Final = 78


def audit(argv: Sequence[str]) -> int:
    """Exit status: 0 nothing found, 1 something, 2 usage, 78 what cannot be used."""
    words = list(argv)
    if words[:1] == ["sample"]:
        return _guarded(_sample, sample_parser().parse_args(words[1:]))
    return _guarded(_audit, audit_parser().parse_args(words))


def _guarded(command: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from evidence.errors import CodedError  # noqa: PLC0415

    try:
        return command(arguments)
    except (CodedError, CalibrationError) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return CONFIGURATION


def _audit(arguments: argparse.Namespace) -> int:
    from collector.audit.folder import opened  # noqa: PLC0415 - keeps --help fast
    from collector.audit.gather import asked_row, asked_span, material_of  # noqa: PLC0415
    from evidence.audit.audit import audit as fifteen  # noqa: PLC0415

    span = asked_span(arguments.start, arguments.end, arguments.tz)
    with opened(arguments.config) as seen:
        material = material_of(seen, asked_row(seen, arguments.channel), span)
        told = fifteen(material, seen.software)
    if arguments.json:
        _print_json(told)
    else:
        _show(told, arguments.language)
    return FINDING if told.counts.get("finding", 0) else OK


def _show(told: Any, language: str) -> None:  # noqa: ANN401 - imported late
    from evidence.audit.outcome import VERDICT_WORDS  # noqa: PLC0415 - keeps --help fast

    print(f"{told.channel}  {told.start} .. {told.end}  {told.software}  {told.digest}")
    for each in told.checks:
        words = VERDICT_WORDS[each.outcome].say(language)
        print(f"{each.number:>2} {words:<14}  {each.name.say(language)}")
        print(f"                   {each.looked_at.say(language)}")
        for finding in each.findings:
            print(f"                 ! {finding.say(language)}")
        for left in each.unchecked:
            print(f"                 ? {left.say(language)}")


def _sample(arguments: argparse.Namespace) -> int:
    from collector.audit.folder import opened  # noqa: PLC0415 - keeps --help fast
    from collector.audit.gather import asked_row, asked_span, material_of  # noqa: PLC0415
    from collector.audit.picked import picked_readings  # noqa: PLC0415
    from collector.audit.population import population  # noqa: PLC0415
    from evidence.audit.audit import audit as fifteen  # noqa: PLC0415
    from evidence.audit.sample import sample  # noqa: PLC0415

    span = asked_span(arguments.start, arguments.end, arguments.tz)
    with opened(arguments.config) as seen:
        material = material_of(seen, asked_row(seen, arguments.channel), span)
        told = fifteen(material, seen.software)
        items = population(seen, material, told)
        of = (told.channel, told.start, told.end)
        drawn = sample(items, arguments.seed, arguments.size, of)
        readings = picked_readings(seen, arguments.seed, drawn.by_lot)
    if arguments.json:
        _print_json({"sample": drawn, "readings": readings})
        return OK
    print(f"seed {drawn.seed}  population {dict(drawn.population)}  {drawn.population_digest}")
    for each in drawn.always:
        print(f"{each.stratum:<12} {each.id}  ({', '.join(each.why)})")
    for each in drawn.by_lot:
        print(f"{each.stratum:<12} {each.id}")
    for one in readings:
        print(f"{'row':<12} {one.channel} {one.leaf} row {one.row}: {one.at} {one.indication:g}")
    return OK


def _print_json(document: object) -> None:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
