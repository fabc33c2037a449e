"""A refusal as a page tells it: what is wrong first, its code and place behind. Pure."""

from zoneinfo import ZoneInfo

from markupsafe import Markup

from calibration.errors import CalibrationError
from collector.web.decoded import names_decoded
from collector.web.times import localised
from evidence.errors import CodedError


def refusal_text(
    refused: CodedError | CalibrationError, *, language: str, zone: ZoneInfo
) -> Markup:
    """The sentence, then the code by which programs and the documentation know it, and the place.

    Args:
        refused: Why something is refused.
        language: "en" or "zh".
        zone: By whose clock its instants stand.
    """
    lead = f"{refused.code} {refused.where}: "
    said = names_decoded(localised(refused.say(language).removeprefix(lead), zone))
    told = Markup("{} <code>{}</code>").format(said, refused.code)
    if not refused.where:
        return told
    return Markup("{} <code>{}</code>").format(told, names_decoded(refused.where))
