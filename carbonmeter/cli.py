"""`carbonmeter`: one command; each room is imported only when it is asked for."""

import os
import select
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final

ROOMS: Final = {
    "agent": ("edge_agent.cli", "agent", "install, test and run an agent on a gateway"),
    "collector": ("collector.cli", "collector", "receive, keep and serve what agents send"),
    "register": (
        "collector.register.cli",
        "register",
        "instruments, standards, what rests on them",
    ),
    "activity": (
        "collector.activity.cli",
        "activity",
        "what people enter, release and lock",
    ),
    "audit": ("collector.audit.cli", "audit", "fifteen checks of a channel, and what to look at"),
    "probe": ("edge_agent.field.cli", "probe", "what one instrument says, and what it could mean"),
    "scan": ("edge_agent.field.cli", "scan", "who is there, on a network or on a serial line"),
    "dump": ("edge_agent.field.cli", "dump", "registers of a Modbus unit, into a file"),
    "diff": ("edge_agent.field.cli", "diff", "what changed between two dumps"),
    "watch": ("edge_agent.field.cli", "watch", "all channels of a configuration, live"),
    "capture": ("edge_agent.field.cli", "capture", "show what went over a line"),
    "profile": ("device_profiles.cli", "profile", "list, show and check device profiles"),
    "calibration": ("carbonmeter.dated", "calibration", "certificates, fits, budgets, analysers"),
    "cems": ("carbonmeter.cems", "cems", "from stack to tonnes: models, valid hours"),
    "evidence": ("carbonmeter.evidence", "evidence", "prove a statement, check the proof"),
    "simulate": ("simulators.cli", "simulate", "serve simulated instruments"),
    "demo": ("carbonmeter.demo", "demo", "the whole system on this machine, simulated time"),
    "replay": ("carbonmeter.replay", "replay", "a year of a real meter through the whole system"),
}
USAGE: Final = 2
UNAVAILABLE: Final = 69
CONFIGURATION: Final = 78
INTERRUPTED: Final = 130


def usage() -> str:
    """What the command offers."""
    width = max(len(name) for name in ROOMS)
    rows = [f"  {name:<{width}}  {words}" for name, (_, _, words) in ROOMS.items()]
    return "\n".join(
        [
            "usage: carbonmeter COMMAND [OPTIONS]",
            "",
            "Metrology at the edge: from a meter's indication to an activity datum with its",
            "uncertainty, its completeness and its trace.",
            "",
            *rows,
            "",
            "  --identify   digests of the metrological code and of the device profiles",
            "  --version    the version",
            "  --help       this page; `carbonmeter COMMAND --help` for each command",
        ]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; the process's exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return 0 if arguments else USAGE
    name, rest = arguments[0], arguments[1:]
    if name in ("--version", "--identify"):
        return _about(name)
    if name not in ROOMS:
        print(f"carbonmeter: no command '{name}'; see carbonmeter --help", file=sys.stderr)
        return USAGE
    return _run(name, rest)


def _about(name: str) -> int:
    if name == "--version":
        from evidence.software import VERSION  # noqa: PLC0415 - kept out of --help's way

        print(f"carbonmeter {VERSION}")
        return 0
    from carbonmeter.identify import identify  # noqa: PLC0415

    print(identify())
    return 0


def _run(name: str, rest: Sequence[str]) -> int:
    module, function, _ = ROOMS[name]
    try:
        code = int(getattr(import_module(module), function)(rest))
    except BrokenPipeError:
        if _is_read():
            raise
        return UNAVAILABLE
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] in _OWN:
            raise
        module = missing.name.split(".")[0]
        extra = _EXTRA_OF_MODULE.get(module, _EXTRA_OF_ROOM.get(name, "demo"))
        print(
            f"carbonmeter: '{missing.name}' is not installed; "
            f"install it with: pip install 'carbonmeter[{extra}]'",
            file=sys.stderr,
        )
        return UNAVAILABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code if _is_read() else UNAVAILABLE


def _is_read() -> bool:
    """Whether somebody reads the output still; `head` stops, and then nothing more is written."""
    if sys.stdout is None:  # the shell closed it
        return True
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    try:
        output = sys.stdout.fileno()
    except (OSError, ValueError):  # a string of whoever called us
        return True
    watched = select.poll()
    watched.register(output, 0)
    if not any(event & select.POLLERR for _, event in watched.poll(0)):
        return True
    os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return False


_EXTRA_OF_MODULE: Final = {
    "lxml": "dcc",
    "signxml": "dcc",
    "matplotlib": "analysis",
    "jinja2": "analysis",
}
_EXTRA_OF_ROOM: Final = {
    **dict.fromkeys(("agent", "probe", "scan", "dump", "diff", "watch", "capture"), "edge"),
    "collector": "collector",
    "calibration": "analysis",
    "cems": "analysis",
    "evidence": "collector",
}
_OWN: Final = frozenset({"calibration", *(module.split(".")[0] for module, _, _ in ROOMS.values())})

if __name__ == "__main__":
    sys.exit(main())
