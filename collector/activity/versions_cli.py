"""What commands have in common that save, list and withdraw versions in the journal."""

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:  # --help shall be fast
    from calibration.errors import CalibrationError
    from evidence.errors import CodedError, Words

    Refusals = tuple[type[CodedError | CalibrationError], ...]
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

OK: Final = 0
USAGE: Final = 2
Act = Callable[[argparse.Namespace], int]
_Told = TypeVar("_Told")
_Version = TypeVar("_Version")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCommand:
    """One such command.

    Attributes:
        name: Of the command.
        help: What it is about, and what its three acts do.
        key: What a version is known by: the argument of `withdraw`.
        add, listed, withdraw: The acts, each of which gives an exit status.
        refusals: Errors by which an act refuses what it was given.
    """

    name: str
    help: str
    add_help: str
    list_help: str
    withdraw_help: str
    key: str
    add: Act
    listed: Act
    withdraw: Act
    refusals: "Callable[[], Refusals]"

    def add_parsers(self, commands: "Parsers") -> list[argparse.ArgumentParser]:
        """The parsers of its acts, which need `--config` yet."""
        acts = commands.add_parser(self.name, help=self.help)
        what = acts.add_subparsers(required=True, metavar="WHAT")
        add = what.add_parser("add", help=self.add_help)
        add.add_argument("file", help="TOML, or .json; - for standard input")
        last = "last entry about it, of one that is there"
        add.add_argument("--replaces", type=int, metavar="ENTRY", help=last)
        add.set_defaults(command=partial(self._answered, self.add))
        listed = self._list_parser(what)
        withdrawn = what.add_parser("withdraw", help=self.withdraw_help)
        withdrawn.add_argument(self.key, help="as listed")
        withdrawn.set_defaults(command=partial(self._answered, self.withdraw))
        for each in (add, withdrawn):
            each.add_argument("--by", help="who does it; default: the account at this machine")
            each.add_argument("--reason", required=True, help="why")
        return [add, listed, withdrawn]

    def _list_parser(self, what: "Parsers") -> argparse.ArgumentParser:
        listed = what.add_parser("list", help=self.list_help)
        listed.add_argument("--all", action="store_true", help="all versions, withdrawn ones too")
        listed.add_argument("--json", action="store_true", help="one JSON document on stdout")
        listed.set_defaults(command=self.listed)
        return listed

    def _answered(self, act: Act, arguments: argparse.Namespace) -> int:
        """Exit status of an act; 2 where it refuses what it was given."""
        try:
            return act(arguments)
        except self.refusals() as wrong:
            print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
            return USAGE


def decoded(name: str, kind: type[_Told], refusal: "Callable[[str, Words], CodedError]") -> _Told:
    """What a file describes.

    Args:
        name: of a file of TOML, or of JSON if it ends so; "-" for standard input.
        kind: what it shall describe.
        refusal: makes the error, of the name and of what is wrong.

    Raises:
        CodedError: it describes none: as `refusal` says, or as `kind` does.
    """
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from evidence.errors import Words  # noqa: PLC0415

    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    reading: Any = msgspec.json if name.endswith(".json") else msgspec.toml
    try:
        found: _Told = reading.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise refusal(name, Words(str(cause), str(cause))) from None
    return found


def show(
    plural: str, versions: Iterable[_Version], line: Callable[[_Version], str], *, as_json: bool
) -> None:
    """Prints versions: a line each, or all in one document under their plural."""
    import msgspec  # noqa: PLC0415 - keeps --help fast

    if as_json:
        print(msgspec.json.encode({plural: list(versions)}).decode())
        return
    for each in versions:
        print(line(each))
