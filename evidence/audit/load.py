"""The shipped columns of the ledger of instruments; the only file of this folder that reads any."""

import tomllib
from functools import lru_cache
from importlib.resources import files

import msgspec

from evidence.audit.layout import Layout


@lru_cache(maxsize=1)
def layout() -> Layout:
    """The columns of the shipped data file."""
    text = files("evidence.audit").joinpath("gb17167.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Layout)
