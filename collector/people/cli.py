"""The commands `collector user`, `collector token` and `collector journal`."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # --help shall be fast
    from collector.config import CollectorConfig
    from collector.journal import Journal
    from collector.people.administration import Administration, Doer
    from collector.people.password import PasswordHash
    from collector.rights import Role

    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

OK: Final = 0
ROLES: Final = ("analyst", "auditor", "engineer", "administrator")


def add_commands(commands: "Parsers") -> list[argparse.ArgumentParser]:
    """The parsers of these commands, which need `--config` yet."""
    return [*_user_parsers(commands), *_token_parsers(commands), *_journal_parsers(commands)]


def _user_parsers(commands: "Parsers") -> list[argparse.ArgumentParser]:
    what = commands.add_parser("user", help="people who may ask and write").add_subparsers(
        required=True, metavar="WHAT"
    )
    listed = what.add_parser("list", help="all of them")
    listed.set_defaults(command=_list_users)
    add = what.add_parser("add", help="add one")
    add.set_defaults(command=_add_user)
    change = what.add_parser("change", help="change role, sites or password; disable or enable")
    change.set_defaults(command=_change_user)
    change.add_argument("--all-sites", action="store_true", help="limited to no sites any more")
    state = change.add_mutually_exclusive_group()
    state.add_argument("--disable", action="store_true", help="refuse them and their tokens")
    state.add_argument("--enable", action="store_true", help="let them in again")
    for each in (add, change):
        each.add_argument("name", help="as the journal will name them")
        each.add_argument("--role", required=each is add, choices=ROLES)
        each.add_argument("--site", action="append", default=[], help="limited to it; repeatable")
        each.add_argument(
            "--password", action="store_true", help="ask for one; else the first line of stdin"
        )
        _doer_arguments(each)
    return [listed, add, change]


def _token_parsers(commands: "Parsers") -> list[argparse.ArgumentParser]:
    what = commands.add_parser("token", help="tokens for the HTTP interface").add_subparsers(
        required=True, metavar="WHAT"
    )
    listed = what.add_parser("list", help="all that were issued and not withdrawn")
    listed.set_defaults(command=_list_tokens)
    new = what.add_parser("new", help="issue one; its text is printed once")
    new.add_argument("--name", required=True, help="of the token: a person's, or a program's")
    new.add_argument("--role", choices=ROLES, help="default: its user's")
    new.add_argument("--user", default="", help="whose it is; left out for a program's")
    new.add_argument("--site", action="append", default=[], help="limited to it; repeatable")
    new.add_argument("--days", type=int, default=365, help="for how long")
    _doer_arguments(new)
    new.set_defaults(command=_new_token)
    withdraw = what.add_parser("withdraw", help="refuse one from now on")
    withdraw.add_argument("name", help="as listed")
    _doer_arguments(withdraw)
    withdraw.set_defaults(command=_withdraw_token)
    return [listed, new, withdraw]


def _journal_parsers(commands: "Parsers") -> list[argparse.ArgumentParser]:
    what = commands.add_parser("journal", help="what people did, signed").add_subparsers(
        required=True, metavar="WHAT"
    )
    listed = what.add_parser("list", help="entries, one a line")
    listed.add_argument("--first", type=int, default=0, help="position to begin with")
    listed.add_argument("--json", action="store_true", help="the exact entries, one a line")
    listed.set_defaults(command=_list_journal)
    check = what.add_parser("check", help="hash all of it, and compare it with its signed head")
    check.set_defaults(command=_check_journal)
    key = what.add_parser("key", help="the line to pin where the journal is followed")
    key.set_defaults(command=_print_key)
    return [listed, check, key]


def _doer_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", help="who does it; default: the account at this machine")
    parser.add_argument("--reason", required=True, help="why")


def _list_users(arguments: argparse.Namespace) -> int:
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast
    from collector.people.users import UserFile  # noqa: PLC0415

    for user in UserFile(load_config(arguments.config).state_dir).all():
        state = "disabled" if user.disabled else "enabled"
        password = "no password" if user.password is None else "password"
        print(user.name, user.role, _sites(user.sites), state, password, sep="\t")
    return OK


def _add_user(arguments: argparse.Namespace) -> int:
    from collector.people.users import User, checked  # noqa: PLC0415 - keeps --help fast
    from collector.rights import Role  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    user = User(
        name=arguments.name,
        role=Role(arguments.role),
        sites=tuple(arguments.site),
        password=_password() if arguments.password else None,
        created_ns=SystemClock().now_ns(),
    )
    with _administered(arguments) as administration:
        administration.add(checked(user), _doer(arguments), arguments.reason)
    return OK


def _change_user(arguments: argparse.Namespace) -> int:
    from msgspec.structs import replace  # noqa: PLC0415 - keeps --help fast

    from collector.people.users import checked  # noqa: PLC0415
    from collector.rights import Role  # noqa: PLC0415

    with _administered(arguments) as administration:
        user = administration.users.named(arguments.name)
        if arguments.role:
            user = replace(user, role=Role(arguments.role))
        if arguments.site or arguments.all_sites:
            user = replace(user, sites=tuple(arguments.site))
        if arguments.disable or arguments.enable:
            user = replace(user, disabled=arguments.disable)
        if arguments.password:
            user = replace(user, password=_password())
        administration.change(checked(user), _doer(arguments), arguments.reason)
    return OK


def _list_tokens(arguments: argparse.Namespace) -> int:
    from collector.access import TokenFile  # noqa: PLC0415 - keeps --help fast
    from collector.config import load_config  # noqa: PLC0415
    from evidence.clock import utc_text  # noqa: PLC0415

    for token in TokenFile(load_config(arguments.config).state_dir).all():
        whose = token.user or "-"
        until = utc_text(token.expires_ns)
        print(token.name, token.role, _sites(token.sites), whose, until, sep="\t")
    return OK


def _new_token(arguments: argparse.Namespace) -> int:
    from collector.access import issue  # noqa: PLC0415 - keeps --help fast
    from evidence.clock import NS_PER_S, SystemClock  # noqa: PLC0415

    now_ns = SystemClock().now_ns()
    with _administered(arguments) as administration:
        text, token = issue(
            arguments.name,
            _role(arguments, administration),
            os.urandom(32),
            created_ns=now_ns,
            expires_ns=now_ns + arguments.days * 86_400 * NS_PER_S,
            sites=tuple(arguments.site),
            user=arguments.user,
        )
        administration.issue(token, _doer(arguments), arguments.reason)
    print("shown once; send it as 'Authorization: Bearer ...'", file=sys.stderr)
    print(text)
    return OK


def _withdraw_token(arguments: argparse.Namespace) -> int:
    with _administered(arguments) as administration:
        administration.withdraw(arguments.name, _doer(arguments), arguments.reason)
    return OK


def _list_journal(arguments: argparse.Namespace) -> int:
    with _journal(arguments) as journal:
        first = max(arguments.first, 0)
        while found := journal.entries(first):
            for each in found:
                print(each.leaf.decode() if arguments.json else each.to_line())
            first = found[-1].position + 1
    return OK


def _check_journal(arguments: argparse.Namespace) -> int:
    from collector.journal_check import require_sound  # noqa: PLC0415 - keeps --help fast

    with _journal(arguments) as journal:
        head = require_sound(journal, journal.verifier)
    print(f"{head.size} entries, root {head.root.hex()}")
    return OK


def _print_key(arguments: argparse.Namespace) -> int:
    with _journal(arguments) as journal:
        print(journal.pinned)
    return OK


@contextmanager
def _administered(arguments: argparse.Namespace) -> "Iterator[Administration]":
    from collector.people.administration import administration  # noqa: PLC0415 - keeps --help fast

    with _journal(arguments) as journal:
        yield administration(journal, _config(arguments).state_dir)


@contextmanager
def _journal(arguments: argparse.Namespace) -> "Iterator[Journal]":
    from collector.journal import open_journal  # noqa: PLC0415 - keeps --help fast
    from evidence.clock import SystemClock  # noqa: PLC0415

    config = _config(arguments)
    with open_journal(config.state_dir, config.collector.id, SystemClock()) as journal:
        yield journal


def _config(arguments: argparse.Namespace) -> "CollectorConfig":
    from collector.config import load_config  # noqa: PLC0415 - keeps --help fast

    return load_config(arguments.config)


def _doer(arguments: argparse.Namespace) -> "Doer":
    from collector.people.administration import at_this_machine  # noqa: PLC0415 - keeps --help fast

    return at_this_machine(arguments.by)


def _role(arguments: argparse.Namespace, administration: "Administration") -> "Role":
    """The role that was named, or that of the token's user."""
    from collector.rights import Role  # noqa: PLC0415 - keeps --help fast

    if arguments.role:
        return Role(arguments.role)
    return administration.users.named(arguments.user).role


def _password() -> "PasswordHash":
    from collector.people.password import SALT_BYTES, hashed  # noqa: PLC0415 - keeps --help fast

    if sys.stdin.isatty():
        import getpass  # noqa: PLC0415

        return hashed(getpass.getpass("new password: "), os.urandom(SALT_BYTES))
    return hashed(sys.stdin.readline().rstrip("\r\n"), os.urandom(SALT_BYTES))


def _sites(sites: tuple[str, ...]) -> str:
    return ",".join(sites) or "all sites"
