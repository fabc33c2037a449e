"""A defence taken away: a name of a module or a class means something else for a while."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def replaced(owner: object, name: str, by: object) -> Iterator[None]:
    """Inside, `name` of `owner` is `by`.

    Raises:
        AttributeError: there is no such name, so nothing would be taken away.
    """
    before = getattr(owner, name)
    setattr(owner, name, by)
    try:
        yield
    finally:
        setattr(owner, name, before)
