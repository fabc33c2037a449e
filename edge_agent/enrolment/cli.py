"""The commands `agent enrol` and `agent renew`, and what `agent rotate-key` tells a collector."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_agent.installation import Installation
    from evidence.log.enrolment import Enrolled
    from evidence.log.key import Verifier

OK: Final = 0


def enrol_command(arguments: argparse.Namespace) -> int:
    """Exit code of `agent enrol`: 0 enrolled, and agent.toml says so."""
    from edge_agent.enrolment.asking import enrol  # noqa: PLC0415 - keeps --help fast
    from edge_agent.init import make_key, write_example  # noqa: PLC0415
    from edge_agent.installation import load_installation  # noqa: PLC0415
    from evidence.log.enrolment import parse_code  # noqa: PLC0415

    code, path = parse_code(arguments.code), Path(arguments.config)
    if write_example(path, site=arguments.site, agent=arguments.id):
        print(f"wrote {path}; name your lines and devices in it", file=sys.stderr)
    installation = load_installation(path)
    verifier, _ = make_key(installation, os.urandom)
    answer = enrol(installation, arguments.url, code)
    print(f"enrolled as {verifier.label} at {answer.collector_key}", file=sys.stderr)
    _settle(installation, answer)
    return OK


def _settle(installation: "Installation", answer: "Enrolled") -> None:
    """Writes the uplink into agent.toml; where that cannot be done, a person is told what to."""
    from edge_agent.enrolment.uplink_text import with_uplink  # noqa: PLC0415

    path, settings = installation.path, uplink_settings(installation, answer)
    text = path.read_text(encoding="utf-8")
    made = with_uplink(text, settings)
    if made is None:
        print(f"write this into [uplink] of {path}:", file=sys.stderr)
        print(*(f'{key} = "{told}"' for key, told in settings.items()), sep="\n")
        return
    if made != text:
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(made, encoding="utf-8")
        fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    print(f"{path} has the uplink; start the agent", file=sys.stderr)


def uplink_settings(installation: "Installation", answer: "Enrolled") -> Mapping[str, str | int]:
    """What [uplink] says after enrolling."""
    from edge_agent.enrolment.asking import AUTHORITY, CERTIFICATE  # noqa: PLC0415

    found: dict[str, str | int] = {}
    folder = Path(installation.config.agent.state_dir)
    if answer.broker is not None:
        found |= {"host": answer.broker.host, "port": answer.broker.port}
    if answer.authority:
        found |= {"tls_ca": str(folder / AUTHORITY), "tls_cert": str(folder / CERTIFICATE)}
    return found | {"collector_key": answer.collector_key}


def renew_command(arguments: argparse.Namespace) -> int:
    """Exit code of `agent renew`: 0 renewed, or not due yet."""
    from edge_agent.enrolment.renewal import renewed_if_due  # noqa: PLC0415
    from edge_agent.installation import load_installation  # noqa: PLC0415 - keeps --help fast

    until = renewed_if_due(load_installation(arguments.config), always=arguments.now)
    print(f"the certificate is good until {until:%Y-%m-%d}", file=sys.stderr)
    return OK


def announce_following(installation: "Installation", verifier: "Verifier") -> None:
    """Lets the collector pin the key that follows, if the agent was enrolled there.

    Where that fails a person pins it, or the command is given again: it announces the same key.
    """
    from edge_agent.assembly import state_dir  # noqa: PLC0415
    from edge_agent.enrolment.asking import announce, kept_of  # noqa: PLC0415
    from edge_agent.enrolment.errors import EnrolError  # noqa: PLC0415
    from edge_agent.rotate import FOLLOWING  # noqa: PLC0415
    from evidence.load import read_signing_key  # noqa: PLC0415

    folder = state_dir(installation)
    if kept_of(folder) is None:
        return
    try:
        announce(installation, read_signing_key(folder / FOLLOWING))
    except EnrolError as wrong:
        print("it was not announced:", wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return
    print(f"the collector has pinned {verifier.label}", file=sys.stderr)
