"""What people entered, released and locked, as an answer needs it."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request

from collector.activity.acts import Acts
from collector.api.parts import Parts


def keep_acts(app: FastAPI, parts: Parts) -> Acts:
    """What the journal says, for all answers of an application; closed when that ends."""
    acts = Acts(parts.journal)
    app.state.acts = acts
    return acts


async def acts_of(request: Request) -> Acts:
    """What the journal says."""
    acts: Acts = request.app.state.acts
    return acts


Acting = Annotated[Acts, Depends(acts_of)]
