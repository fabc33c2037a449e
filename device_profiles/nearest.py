"""Suggestions for a name that was not found."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """The names of `known` that look most like `name`, at most three; all if none does.

    Text that is longer than any name is not compared.
    """
    names = sorted(known)
    found = get_close_matches(name[:80], names, n=3, cutoff=0.5)
    return ", ".join(found or names[:20])
