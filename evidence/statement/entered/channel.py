"""Channels of what people enter: their names tell them from those of polled instruments."""

import re
from typing import Final

_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_ENTERED: Final = re.compile(rf"{_NAME}/~{_NAME}/{_NAME}")
MARK: Final = "~"
"""What a device's name begins with whose readings people enter; no configuration of an agent
can name a device so."""


def is_entered(channel: str) -> bool:
    """Whether a channel, `<site>/<device>/<channel>`, is of what people enter."""
    return channel.partition("/")[2].startswith(MARK)


def may_be_entered(channel: str) -> bool:
    """Whether a name is one for what people enter, such as works/~gas-1/volume."""
    return _ENTERED.fullmatch(channel) is not None
