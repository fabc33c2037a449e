"""The command `carbonmeter evidence bundle`."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.agents import Agents
    from collector.config import CollectorConfig
    from evidence.bundle.form import Key
    from evidence.bundle.writing import Choice

OK, FINDING, USAGE, CONFIGURATION = 0, 1, 2, 78
HIDES = ("file-names", "persons", "originals")


def bundle_command(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter evidence bundle`.

    0 written and verified, 1 written, but a check fails, 2 usage or a file, 78 bad configuration.
    """
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from evidence.bundle.errors import BundleFileError  # noqa: PLC0415
    from evidence.errors import CodedError  # noqa: PLC0415

    arguments = _parser().parse_args(argv)
    try:
        return _written(arguments)
    except (CodedError, CalibrationError) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return USAGE if isinstance(wrong, BundleFileError) else CONFIGURATION


def _written(arguments: argparse.Namespace) -> int:
    from evidence.bundle.cli import verify_command  # noqa: PLC0415 - keeps --help fast

    _write(arguments.out, _with_journal(arguments, _chosen(arguments)))
    return verify_command([str(arguments.out), "--language", arguments.language])


def _with_journal(arguments: argparse.Namespace, choice: "Choice") -> "Choice":
    """The choice with the journal's entries that concern it."""
    from collector.bundling_journal import (  # noqa: PLC0415 - as above
        Disclosure,
        journal_of,
        with_entries,
    )
    from collector.config import load_config  # noqa: PLC0415

    with journal_of(load_config(arguments.config)) as journal:
        if journal is None:
            return choice
        persons = "persons" not in arguments.hide
        disclosure = Disclosure(persons=persons, every=arguments.whole)
        return with_entries(choice, *journal, disclosure)


def _chosen(arguments: argparse.Namespace) -> "Choice":
    from collector.bundle_held import Held  # noqa: PLC0415 - keeps --help fast
    from collector.bundling import choose  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from collector.enrolment.registrar import registered_agents  # noqa: PLC0415
    from collector.ledger_read import read_ledger  # noqa: PLC0415
    from collector.opening import open_store  # noqa: PLC0415
    from collector.originals import Originals  # noqa: PLC0415

    config = load_config(arguments.config)
    registered = registered_agents(config)
    with read_ledger(config.state_dir) as ledger, closing(open_store(config.state_dir)) as store:
        held = Held(
            lookup=store.lookup,
            ledger=ledger,
            sites=registered.sites,
            keys=_keys(config, registered.agents),
            accept_simulated=config.collector.accept_simulated_clock,
            originals=None if "originals" in arguments.hide else Originals(config.state_dir),
        )
        remembered = _remembered(arguments.head)
        return choose(
            held,
            arguments.activity,
            remembered=remembered,
            whole=arguments.whole,
            file_names="file-names" not in arguments.hide,
            history=arguments.history,
        )


def _keys(config: "CollectorConfig", pinned: "Agents") -> "tuple[Key, ...]":
    """The pinned lines of the agents, and the collector's own."""
    from evidence.bundle.form import Key  # noqa: PLC0415 - keeps --help fast
    from evidence.load import read_signing_key  # noqa: PLC0415

    own = read_signing_key(config.key_file).verifier.to_text()
    owners = pinned.owners.values()
    agents = [Key(role="agent", of=one.agent, line=one.verifier.to_text()) for one in owners]
    return (*agents, Key(role="collector", of=config.collector.id, line=own))


def _remembered(paths: list[Path]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Sizes of the heads in notes, by agent and epoch."""
    from evidence.bundle.load import load_notes  # noqa: PLC0415 - keeps --help fast
    from evidence.log.checkpoint import Checkpoint, parse_origin  # noqa: PLC0415
    from evidence.log.note import parse_note  # noqa: PLC0415

    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for note in load_notes(paths):
        head = Checkpoint.from_text(parse_note(note).text)
        named = parse_origin(head.origin)
        key = (named.agent, named.epoch)
        found[key] = (*found.get(key, ()), head.size)
    return found


def _write(path: Path, choice: "Choice") -> None:
    """The file, whole or not at all."""
    from evidence.bundle.errors import BundleFileError  # noqa: PLC0415 - keeps --help fast
    from evidence.bundle.writing import write_bundle  # noqa: PLC0415
    from evidence.errors import Words  # noqa: PLC0415

    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("w+b") as file:
            write_bundle(file, choice)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as cause:
        fresh.unlink(missing_ok=True)
        text = cause.strerror or type(cause).__name__
        raise BundleFileError(str(path), what=Words(text, text)) from cause


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter evidence bundle",
        description="all that proves a stated activity datum, in one file; then check it",
    )
    parser.add_argument("--activity", required=True, metavar="DIGEST", help="of the statement")
    parser.add_argument("out", type=Path, metavar="OUT.zip", help="the file to write")
    parser.add_argument("--config", type=Path, default=Path("collector.toml"), metavar="FILE")
    parser.add_argument(
        "--head",
        type=Path,
        action="append",
        default=[],
        metavar="NOTE",
        help="a head that was seen before: prove that the log goes on from it",
    )
    parser.add_argument(
        "--history",
        action="store_true",
        help="of a statement under a monitoring plan, bring the readings that rules looked back "
        "on, so that substituted hours can be computed again too",
    )
    much = parser.add_mutually_exclusive_group()
    much.add_argument(
        "--whole",
        action="store_true",
        help="withhold no leaf between the first and the last one, and no part of a leaf; of what "
        "people entered, no entry of the journal",
    )
    much.add_argument(
        "--hide",
        action="append",
        default=[],
        choices=HIDES,
        help="withhold the names of files too, the persons and reasons in the journal's entries, "
        "or the laboratories' documents; may be given more than once",
    )
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    return parser
