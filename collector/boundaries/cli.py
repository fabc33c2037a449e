"""The command `collector boundary`: which channels people count together, saved and withdrawn."""

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from collector.activity.versions_cli import OK, VersionCommand, decoded, show
from collector.activity.writing import writing

if TYPE_CHECKING:  # --help shall be fast
    from collector.activity.versions_cli import Parsers, Refusals
    from evidence.errors import CodedError, Words
    from evidence.statement.boundary.book import Version
    from evidence.statement.boundary.content import Boundary


def add_commands(commands: "Parsers") -> list[argparse.ArgumentParser]:
    """The parsers of these commands, which need `--config` yet."""
    return VersionCommand(
        name="boundary",
        help="which channels count together, of which product line",
        add_help="save one, or a new version of one; print its entry",
        list_help="all that stand",
        withdraw_help="let one give no sums any more",
        key="id",
        add=_add,
        listed=_list,
        withdraw=_withdraw,
        refusals=_refusals,
    ).add_parsers(commands)


def _refusals() -> "Refusals":
    """What is given can be no boundary, or none of this name is."""
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from collector.api.refusal import RequestError  # noqa: PLC0415
    from evidence.errors import TimestampError  # noqa: PLC0415
    from evidence.statement.boundary.errors import BoundaryError  # noqa: PLC0415
    from evidence.statement.entered.errors import EntryRefusedError  # noqa: PLC0415

    return BoundaryError, CalibrationError, EntryRefusedError, RequestError, TimestampError


def _add(arguments: argparse.Namespace) -> int:
    from collector.activity.acts import known_in  # noqa: PLC0415 - keeps --help fast
    from collector.api.pool import Sources  # noqa: PLC0415
    from collector.boundaries.saving import save  # noqa: PLC0415
    from collector.boundaries.summable import require_summable  # noqa: PLC0415
    from collector.ledger_read import read_ledger  # noqa: PLC0415
    from collector.opening import open_store  # noqa: PLC0415

    boundary = _told(arguments.file)
    with writing(arguments) as (config, journal, author):
        known = known_in(journal)
        with (
            closing(open_store(config.state_dir)) as store,
            read_ledger(config.state_dir) as ledger,
        ):
            require_summable(Sources(store=store, ledger=ledger), known, boundary)
        print(save(journal, author, boundary, arguments.reason, arguments.replaces))
    return OK


def _withdraw(arguments: argparse.Namespace) -> int:
    from collector.boundaries.saving import withdraw  # noqa: PLC0415 - keeps --help fast

    with writing(arguments) as (_, journal, author):
        print(withdraw(journal, author, arguments.id, arguments.reason))
    return OK


def _told(name: str) -> "Boundary":
    """The boundary that a file describes.

    Raises:
        BoundaryError, TimestampError: it describes none.
    """
    from evidence.statement.boundary.content import Boundary  # noqa: PLC0415 - keeps --help fast

    return decoded(name, Boundary, _no_boundary)


def _no_boundary(name: str, what: "Words") -> "CodedError":
    from evidence.errors import Words  # noqa: PLC0415 - keeps --help fast
    from evidence.statement.boundary.errors import BoundaryValueError  # noqa: PLC0415

    limit = Words("as docs/reference/boundaries.md says", "符合 docs/reference/boundaries.md")
    return BoundaryValueError(name, what=what, limit=limit)


def _list(arguments: argparse.Namespace) -> int:
    from collector.activity.acts import known_in  # noqa: PLC0415 - keeps --help fast
    from collector.config import load_config  # noqa: PLC0415
    from collector.journal_read import read_journal  # noqa: PLC0415

    config = load_config(arguments.config)
    with read_journal(config.state_dir, config.collector.id) as journal:
        boundaries = known_in(journal).boundaries
    every = [each for name in sorted(boundaries.versions) for each in boundaries.of(name)]
    shown = every if arguments.all else [each for each, _ in boundaries.standing()]
    show("boundaries", shown, _line, as_json=arguments.json)
    return OK


def _line(version: "Version") -> str:
    from evidence.clock import utc_text  # noqa: PLC0415 - keeps --help fast
    from evidence.printable import printable  # noqa: PLC0415

    said = version.boundary
    named = utc_text(version.at_ns), version.who, version.id
    head = str(version.entry), *map(printable, named)
    if said is None:
        return "\t".join((*head, "withdrawn", printable(version.reason)))
    terms = " ".join(f"{each.factor}*{each.channel}" for each in said.terms)
    told = (said.line or "-", said.name, said.effective_from or "-", terms)
    return "\t".join((*head, *map(printable, told)))
