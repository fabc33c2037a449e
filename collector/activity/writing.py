"""The journal, opened for a command that writes into it, and in whose name."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.activity.author import AtMachine
    from collector.config import CollectorConfig
    from collector.journal import Journal


@contextmanager
def writing(
    arguments: argparse.Namespace,
) -> "Iterator[tuple[CollectorConfig, Journal, AtMachine]]":
    """The configuration, the journal and the author that the options of a command name.

    Raises:
        CodedError: the configuration or the journal cannot be used.
    """
    from collector.activity.author import AtMachine  # noqa: PLC0415 - keeps --help fast
    from collector.config import load_config  # noqa: PLC0415
    from collector.journal import open_journal  # noqa: PLC0415
    from collector.people.administration import at_this_machine  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    config = load_config(arguments.config)
    doer = at_this_machine(arguments.by)
    with open_journal(config.state_dir, config.collector.id, SystemClock()) as journal:
        yield config, journal, AtMachine(doer=doer)
