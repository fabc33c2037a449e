"""The command `collector alarms`."""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

OK: Final = 0
FINDING: Final = 1
SECRET_BYTES: Final = 32


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> list[argparse.ArgumentParser]:
    """Adds the command; its parsers, for what all commands have."""
    alarms: argparse.ArgumentParser = commands.add_parser("alarms", help="what is wrong now")
    what = alarms.add_subparsers(required=True, metavar="WHAT")
    listed: argparse.ArgumentParser = what.add_parser(
        "list", help="all that is open; 1 if anything is"
    )
    listed.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listed.set_defaults(command=_list)
    test: argparse.ArgumentParser = what.add_parser("test", help="tell every receiver something")
    test.set_defaults(command=_test)
    secret: argparse.ArgumentParser = what.add_parser(
        "secret", help="make a secret for the webhook; print the line for the other side"
    )
    secret.add_argument("file", type=Path, help="file to write, as [alarms.webhook] secret_file")
    secret.set_defaults(command=_secret)
    return [listed, test, secret]


def _list(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from collector.alarms.memory import read_memory  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415

    memory = read_memory(load_config(arguments.config).state_dir)
    told = [each for each in memory.open if each.told_ns is not None]
    if arguments.json:
        print(msgspec.json.encode({"alarms": told}).decode())
    else:
        print(*(each.en for each in told), sep="\n", end="\n" if told else "")
    return FINDING if told else OK


def _test(arguments: argparse.Namespace) -> int:
    from collector.alarms.course import Event, Open, notice_of  # noqa: PLC0415 - keeps --help fast
    from collector.alarms.errors import AlarmDeliveryError  # noqa: PLC0415
    from collector.alarms.set_up import receivers_of  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    now_ns = SystemClock().now_ns()
    alarm = Open(
        code="E_ALARM_TEST",
        subject="test",
        en="E_ALARM_TEST test: this is a test, nothing is wrong",
        zh="E_ALARM_TEST test: 这是测试，没有异常",
        first_ns=now_ns,
        told_ns=now_ns,
    )
    failed = 0
    for receiver in receivers_of(load_config(arguments.config)):
        try:
            receiver.deliver(notice_of(alarm, Event.RAISED, now_ns), now_ns)
            print(f"{receiver.name}: taken")
        except AlarmDeliveryError as wrong:
            failed += 1
            print(f"{receiver.name}: {wrong}", file=sys.stderr)
    return FINDING if failed else OK


def _secret(arguments: argparse.Namespace) -> int:
    import base64  # noqa: PLC0415 - keeps --help fast

    from collector.alarms.webhook import PREFIX  # noqa: PLC0415

    line = PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(arguments.file, flags, 0o600), "w", encoding="ascii") as file:
        file.write(line + "\n")
    print(line)
    return OK
