"""Sums, ratios and corroborations, of channels or of saved boundaries."""

from collections.abc import Sequence

from carbonmeter.client.answers import ACTIVITY, read
from carbonmeter.client.entering import Entering
from carbonmeter.client.question import When, text_of
from collector.api.combination import CombinedActivityData
from evidence.statement.corroboration import Corroboration
from evidence.statement.ratio import Ratio

Amount = Sequence[str] | str
"""Channels, whose sum it is, or one of them; or the id of a saved boundary, `<site>/<name>`."""


class Summing(Entering):
    """What several statements come to together."""

    def boundary(self, name: str, start: When, end: When, **own: str) -> CombinedActivityData:
        """What a saved boundary comes to in one period; `boundary` names the version that counts.

        Args:
            name: its id, `<site>/<name>`.
            start: as `activity`, which `end` is too.
            end: see there.
            own: tz, as_of, allow_double_count.

        Raises:
            ClientError: as `activity`.
        """
        query = {"boundary": name, **_span(start, end), **own}
        return read(self._connection.get(f"{ACTIVITY}/combined", query), CombinedActivityData)

    def ratio(
        self,
        numerator: Amount,
        denominator: Amount,
        start: When,
        end: When,
        factors: Sequence[float] | None = None,
        **own: str,
    ) -> Ratio:
        """One sum of channels over another of one period, such as energy for each tonne.

        Args:
            numerator: channels, or the id of a saved boundary.
            denominator: channels of the product, or the id of a saved boundary.
            start: as `activity`, which `end` is too.
            end: see there.
            factors: of the numerator's channels, such as 1 and -1; else all 1.
            own: tz, as_of, allow_double_count.

        Raises:
            ClientError: as `activity`.
        """
        query = _named("numerator", numerator) | _named("denominator", denominator)
        query |= _span(start, end) | own
        query |= {} if factors is None else {"factors": ",".join(map(repr, factors))}
        return read(self._connection.get(f"{ACTIVITY}/ratio", query), Ratio)

    def corroboration(
        self, measured: Amount, calculated: Amount, start: When, end: When, **own: str
    ) -> Corroboration:
        """A measured amount held against a calculated one of one period.

        Args:
            measured: one channel, or the id of a saved boundary.
            calculated: likewise.
            start: as `activity`, which `end` is too.
            end: see there.
            own: tz, as_of, allow_double_count.

        Raises:
            ClientError: as `activity`.
        """
        query = _named("measured", measured) | _named("calculated", calculated)
        query |= _span(start, end) | own
        return read(self._connection.get(f"{ACTIVITY}/corroboration", query), Corroboration)


def _named(side: str, amount: Amount) -> dict[str, str]:
    if not isinstance(amount, str):
        return {side: ",".join(amount)}
    is_channel = amount.count("/") > 1  # a boundary's id has one
    return {side if is_channel else f"{side}_boundary": amount}


def _span(start: When, end: When) -> dict[str, str]:
    return {"start": text_of(start, "start"), "end": text_of(end, "end")}
