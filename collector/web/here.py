"""What time it is where somebody looks from."""

import datetime as dt

from fastapi import Request

from collector.api.certificates import now
from collector.api.parts import Parts
from collector.web.look import look_of


def here_and_now(request: Request, parts: Parts) -> dt.datetime:
    """The instant that the clock shows, in the zone of the page: its day is that of the page."""
    return now(parts).astimezone(look_of(request).zone)
