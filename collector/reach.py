"""How far somebody reaches, in words: a person by their role, a program by its token. Pure."""

from collections.abc import Sequence

from collector.rights import ROLE_WORDS, Right, Role, any_of, roles_with
from evidence.errors import Words


def has_role(name: str, token: str, role: Role) -> Words:
    """What somebody is here for.

    Args:
        name: Of the person.
        token: Of the token that was shown; "" for somebody who signed in.
        role: Of the token, or the person's own.
    """
    words = ROLE_WORDS[role]
    if token:
        return Words(f"the token '{token}' is for {words.en}", f"令牌 '{token}' 的角色为{words.zh}")
    return Words(f"'{name}' is {words.en}", f"'{name}' 的角色为{words.zh}")


def has_sites(name: str, token: str, sites: Sequence[str]) -> Words:
    """Which sites somebody is limited to; arguments as of `has_role`."""
    english, chinese = ", ".join(sites), "、".join(sites)
    if token:
        return Words(f"the token '{token}' is for {english}", f"令牌 '{token}' 仅限厂区 {chinese}")
    return Words(f"'{name}' is limited to {english}", f"'{name}' 仅限厂区 {chinese}")


def roles_needed(right: Right, token: str) -> Words:
    """The roles of which one is needed; whoever shows a token is told the right too."""
    roles = any_of(roles_with(right))
    return Words(f"{right} ({roles.en})", f" {right}（{roles.zh}）") if token else roles


def site_needed(site: str) -> Words:
    """A site that is needed; "" stands for all of them."""
    return (
        Words(f"site {site[:64]}", f"厂区 {site[:64]}") if site else Words("all sites", "全部厂区")
    )
