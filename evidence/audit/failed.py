"""A test under a plan that an analyser failed, and the hours that rest on it (pure)."""

from dataclasses import dataclass

from calibration.increment import NS_PER_HOUR
from evidence.audit.said import Said, counted, said
from evidence.clock import utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTest:
    """A test that failed, with the hours of a channel that were measured all the same.

    Attributes:
        serial: Of the analyser.
        failed_ns: When it failed, UTC.
        good_ns: When the last one before it passed; None: none did.
        passed_ns: When the first one after it passed; None: none did yet.
        before: Starts of measured hours between the good one and the failure, UTC ns, in order:
            those too of which a part lies there.
        after: Of those since the failure, until one passed.
    """

    serial: str
    failed_ns: int
    good_ns: int | None
    passed_ns: int | None
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def hours(self) -> tuple[int, ...]:
        """All of them, 1 at least."""
        return *self.before, *self.after

    def said(self) -> Said:
        """What is wrong, in words."""
        parts = [
            *([self._before()] if self.before else ()),
            *([self._after()] if self.after else ()),
        ]
        failed = utc_text(self.failed_ns)
        return said(
            f"{self.serial} failed a test under the plan at {failed}: "
            + "; ".join(each.en for each in parts),
            f"{self.serial} 于 {failed} 未通过监测计划下的检验："
            + "；".join(each.zh for each in parts),
        )

    def _before(self) -> Said:
        hours, good = _spelled(self.before), "" if self.good_ns is None else utc_text(self.good_ns)
        verb = "is" if len(self.before) == 1 else "are"
        return said(
            f"{hours.en} {verb} in doubt, "
            + (f"since the last good one at {good}" if good else "since none before was good"),
            f"{hours.zh}存疑" + (f"，上次合格为 {good}" if good else "，此前没有合格的"),
        )

    def _after(self) -> Said:
        hours = _spelled(self.after)
        verb = "was" if len(self.after) == 1 else "were"
        passed = "" if self.passed_ns is None else utc_text(self.passed_ns)
        return said(
            f"{hours.en} {verb} measured out of control, "
            + (f"until one passed at {passed}" if passed else "and none passed since"),
            f"{hours.zh}为失控期间所测，" + (f"至 {passed} 再次合格" if passed else "此后尚无合格"),
        )


def _spelled(hours: tuple[int, ...]) -> Said:
    start, end = utc_text(hours[0]), utc_text(hours[-1] + NS_PER_HOUR)
    return said(
        f"{counted(len(hours), 'hour', 'hours')} from {start} to {end}",
        f"{start} 至 {end} 的 {len(hours)} 个小时",
    )
