"""The parameters that questions have in common; what is unknown or given twice is refused."""

from collections import Counter
from typing import Annotated, Final, Literal

from fastapi import Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

INSTANT: Final = "RFC 3339 with Z or an offset (write + as %2B), such as 2026-03-31T16:00:00Z"
DAY: Final = f"{INSTANT}; or a day such as 2026-04-01, which begins at 00:00 in tz"


class Asked(BaseModel):
    """A question without parameters of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lang: Literal["en", "zh"] | None = Field(
        None, description="Language of problems; goes before Accept-Language."
    )


Plain = Annotated[Asked, Query()]


async def once(request: Request) -> None:
    """Refuses a parameter that is given more than once.

    Raises:
        RequestValidationError: one is.
    """
    counts = Counter(name for name, _ in request.query_params.multi_items())
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise RequestValidationError(
            [{"type": "given_twice", "loc": ("query", name)} for name in twice]
        )
