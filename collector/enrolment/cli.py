"""The commands `collector enrol | agents | pin | revoke | broker`."""

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collector.enrolment.registrar import Registrar
    from collector.enrolment.telling import Told
    from collector.people.administration import Doer

OK: Final = 0


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> tuple[argparse.ArgumentParser, ...]:
    """The parsers of these commands, added to those of `collector`."""
    enrol = commands.add_parser("enrol", help="print a one-time code that enrols an agent's key")
    enrol.add_argument("agent", help="the agent's id")
    enrol.add_argument("--site", required=True, help="where it will stand")
    enrol.add_argument("--hours", type=int, default=24, help="for how long it is good, 1 to 24")
    enrol.add_argument("--reason", required=True, help="why")
    enrol.set_defaults(command=_enrol)
    agents = commands.add_parser("agents", help="agents, their keys and certificates")
    agents.add_argument("--json", action="store_true", help="one JSON document on stdout")
    agents.set_defaults(command=_agents)
    pin = commands.add_parser("pin", help="pin a key that you compared, without a restart")
    pin.add_argument("agent", help="the agent's id")
    pin.add_argument("key", help="the line that `agent init` or `agent rotate-key` printed")
    pin.add_argument("--site", required=True, help="where the agent stands")
    pin.add_argument("--reason", required=True, help="why, and how it was compared")
    pin.set_defaults(command=_pin)
    revoke = commands.add_parser("revoke", help="take nothing more under a key, for good")
    revoke.add_argument("agent", help="the agent's id")
    revoke.add_argument("--key", default="", help="one key, as `agents` lists it; all if left out")
    revoke.add_argument("--reason", required=True, help="what became of it")
    revoke.set_defaults(command=_revoke)
    broker = _broker_parser(commands)
    for each in (enrol, pin, revoke, broker):
        each.add_argument("--by", help="who you are; your account if left out")
    return enrol, agents, pin, revoke, broker


def _broker_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    broker: argparse.ArgumentParser = commands.add_parser(
        "broker", help="write a mosquitto's files, or renew them"
    )
    broker.add_argument("directory", type=Path, nargs="?", help="its folder; as before if left out")
    broker.add_argument("--host", action="append", default=[], help="a name it is reached by")
    broker.add_argument("--port", type=int, help="of TLS; 8883")
    broker.add_argument("--listen", help="an address of this machine; all if left out")
    broker.add_argument("--user", help="whom it runs as; mosquitto")
    broker.set_defaults(command=_broker)
    return broker


def _opened(arguments: argparse.Namespace) -> "Registrar":
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast
    from collector.enrolment.registrar import registrar_of  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    return registrar_of(load_config(arguments.config), SystemClock())


def _doer(arguments: argparse.Namespace) -> "Doer":
    from collector.people.administration import at_this_machine  # noqa: PLC0415 - keeps --help fast

    return at_this_machine(arguments.by)


def _enrol(arguments: argparse.Namespace) -> int:
    from collector.enrolment.enrolling import CodeAsked, issue_code  # noqa: PLC0415

    where, doer = (arguments.agent, arguments.site), _doer(arguments)
    asked = CodeAsked(hours=arguments.hours, doer=doer, reason=arguments.reason)
    with closing(_opened(arguments)) as registrar:
        code = issue_code(registrar, where, asked, os.urandom)
        held = registrar.registered.valid(arguments.agent)
    for one in held:
        print(f"it has the key {one.verifier.label} already, which stays valid", file=sys.stderr)
    hours = f"good once, for {arguments.hours} h, for the agent '{arguments.agent}' alone"
    print(f"shown once; {hours}; on the gateway:", file=sys.stderr)
    print("carbonmeter agent enrol http://THIS-COLLECTOR:PORT CODE", file=sys.stderr)
    print(code.to_text())
    return OK


def _agents(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415

    from collector.enrolment.listing import listed  # noqa: PLC0415

    with closing(_opened(arguments)) as registrar:
        found = listed(registrar.known())
    if arguments.json:
        print(msgspec.json.encode({"keys": found}).decode())
    else:
        for each in found:
            print(each.to_line())
    return OK


def _pin(arguments: argparse.Namespace) -> int:
    from collector.enrolment.enrolling import pin_key  # noqa: PLC0415

    where, doer = (arguments.agent, arguments.site), _doer(arguments)
    with closing(_opened(arguments)) as registrar:
        verifier, told = pin_key(registrar, where, arguments.key, doer, arguments.reason)
    print(f"pinned {verifier.label}; a running collector takes it in seconds", file=sys.stderr)
    _say(told)
    return OK


def _revoke(arguments: argparse.Namespace) -> int:
    from collector.enrolment.enrolling import revoke  # noqa: PLC0415

    agent, doer = arguments.agent, _doer(arguments)
    with closing(_opened(arguments)) as registrar:
        found, told = revoke(registrar, agent, arguments.key, doer, arguments.reason)
        left = registrar.registered.valid(agent)
    for one in found:
        print(f"revoked {one.verifier.label}; what is held stays valid", file=sys.stderr)
    for one in left:
        print(f"{one.verifier.label} still counts", file=sys.stderr)
    _say(told)
    return OK


def _say(told: "Told") -> None:
    """What the broker was told, and what a person has to do where it was not."""
    if told.written:
        print(f"written for the broker: {', '.join(told.written)}", file=sys.stderr)
    if told.untold is not None:
        print(told.untold.en, told.untold.zh, sep="\n", file=sys.stderr)


def _broker(arguments: argparse.Namespace) -> int:
    from collector.enrolment.set_up import Asked, set_up  # noqa: PLC0415

    asked = Asked(
        directory=arguments.directory,
        hosts=tuple(arguments.host),
        port=arguments.port,
        listen=arguments.listen,
        user=arguments.user,
    )
    with closing(_opened(arguments)) as registrar:
        place, told = set_up(registrar, asked)
    _say(told)
    print(f"start it: mosquitto -c {place.directory / 'mosquitto.conf'}", file=sys.stderr)
    print("in collector.toml:", file=sys.stderr)
    print(place.section(Path(registrar.config.state_dir)))
    return OK
