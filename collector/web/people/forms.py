"""What an administrator fills in, read: a user, a change of one, a token. Pure."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from collector.people.password import hashed
from collector.people.users import User, checked
from collector.rights import Role
from collector.token_errors import TokenIssueError
from collector.web.one_line import reason_of
from evidence.errors import Words

MOST_DAYS: Final = 3_650
Form = Mapping[str, str]


def new_user(form: Form, salt: bytes, now_ns: int) -> User:
    """A user who is new.

    Args:
        form: name, role, sites, and a password or none.
        salt: 16 bytes from the operating system's random source.
        now_ns: POSIX ns.

    Raises:
        TokenIssueError: A field is out of its limits.
    """
    password = form.get("password", "")
    return checked(
        User(
            name=form.get("name", "").strip(),
            role=role_of(form),
            sites=sites_of(form),
            password=hashed(password, salt) if password else None,
            created_ns=now_ns,
        )
    )


def changed_user(user: User, form: Form, salt: bytes) -> User:
    """A user as they shall be; a password that is left empty stays.

    Raises:
        TokenIssueError: A field is out of its limits.
    """
    password = form.get("password", "")
    return checked(
        replace(
            user,
            role=role_of(form),
            sites=sites_of(form),
            disabled=form.get("disabled") == "yes",
            password=hashed(password, salt) if password else user.password,
        )
    )


def require_not_oneself(before: User, after: User, who: str) -> None:
    """Returns if nobody takes their own administration away.

    Raises:
        TokenIssueError: They would.
    """
    if before.name == who and (after.disabled or after.role != before.role or after.sites):
        limit = Words("changed by another administrator", "由另一位管理员变更")
        raise TokenIssueError("user", name=who, found=Words("yourself", "本人"), limit=limit)


def role_of(form: Form) -> Role:
    """The role that was chosen.

    Raises:
        TokenIssueError: There is none of this name.
    """
    said = form.get("role", "")
    if said not in set(Role):
        raise TokenIssueError("role", name="role", found=said[:64], limit=", ".join(Role))
    return Role(said)


def sites_of(form: Form) -> tuple[str, ...]:
    """The sites that were written, each once; none for all."""
    written = form.get("sites", "").replace("，", ",").replace(",", " ")
    return tuple(dict.fromkeys(written.split()))


def days_of(form: Form) -> int:
    """For how many days a token shall hold.

    Raises:
        TokenIssueError: It is no number of 1 to 3,650.
    """
    said = form.get("days", "").strip()
    days = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    if not 1 <= days <= MOST_DAYS:
        raise TokenIssueError("days", name="days", found=said[:64], limit=f"1 .. {MOST_DAYS}")
    return days


def stated_reason(form: Form) -> str:
    """Why, in one line.

    Raises:
        TokenIssueError: Nothing was written.
    """
    said = reason_of(form)
    if not said:
        empty, limit = Words("empty", "空"), Words("a reason in words", "文字说明的原因")
        raise TokenIssueError("reason", name="reason", found=empty, limit=limit)
    return said
