"""The commands `carbonmeter register keep | originals`: documents of laboratories."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # --help shall be fast
    from collector.original_register import OriginalSeen

OK, FINDING = 0, 1


def keep(arguments: argparse.Namespace) -> int:
    """Keeps the bytes of a file, and prints their SHA-256."""
    from msgspec.structs import replace  # noqa: PLC0415 - keeps --help fast

    from collector.config import load_config  # noqa: PLC0415
    from collector.journal import open_journal  # noqa: PLC0415
    from collector.original_register import HandedIn, hand_in  # noqa: PLC0415
    from collector.originals import MOST_BYTES, Originals  # noqa: PLC0415
    from collector.people.administration import at_this_machine  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415
    from evidence.log.entry import Act, Action  # noqa: PLC0415

    config, path = load_config(arguments.config), Path(arguments.file)
    with path.open("rb") as file:
        document = HandedIn(data=file.read(MOST_BYTES + 1), name=path.name)
    doer = at_this_machine(arguments.by)

    def act(digest: str, new: object) -> Act:
        bare = doer.act(Action.ORIGINAL_KEPT, digest, arguments.reason)
        return replace(bare, site=arguments.site, new=new)

    with open_journal(config.state_dir, config.collector.id, SystemClock()) as journal:
        recorded = hand_in(journal, Originals(config.state_dir), document, act)
    print(recorded.entry.subject)
    return OK


def listed(arguments: argparse.Namespace) -> int:
    """Prints the documents; 1 if one of them is damaged, or cited and not here."""
    import msgspec  # noqa: PLC0415 - keeps --help fast

    rows, missing = _seen(arguments)
    if arguments.json:
        told = {"originals": rows, "missing": missing}
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        for each in rows:
            state = "intact" if each.intact else "DAMAGED"
            cited = ",".join(each.cited_by) or "-"
            print(each.sha256, each.site, state, cited, each.name, sep="\t")
        for digest, names in missing.items():
            print(digest, "-", "MISSING", ",".join(names), "-", sep="\t")
    return FINDING if missing or not all(each.intact for each in rows) else OK


def _seen(arguments: argparse.Namespace) -> "tuple[list[OriginalSeen], dict[str, tuple[str, ...]]]":
    """The documents that are here, and those that are cited and are not."""
    from collector.audit.folder import opened  # noqa: PLC0415 - keeps --help fast
    from collector.config import load_config  # noqa: PLC0415
    from collector.journal_read import read_journal  # noqa: PLC0415
    from collector.original_register import handed_in, original_seen  # noqa: PLC0415
    from collector.originals import Originals  # noqa: PLC0415
    from collector.site_register import site_register  # noqa: PLC0415
    from evidence.statement.cited import cited_documents  # noqa: PLC0415

    config = load_config(arguments.config)
    originals = Originals(config.state_dir)
    with opened(arguments.config) as seen:
        registers = {
            site: site_register(seen.lookup, seen.ledger, seen.sites, site)
            for site in sorted({*seen.sites.values()})
        }
    with read_journal(config.state_dir, config.collector.id) as journal:
        rows = [
            original_seen(each, originals, registers[each.entry.site])
            for each in handed_in(journal)
            if each.entry.site in registers
        ]
    here = {(each.site, each.sha256) for each in rows}
    missing = {
        digest: names
        for site, register in registers.items()
        for digest, names in cited_documents(register).items()
        if (site, digest) not in here
    }
    return rows, missing
