"""The declared numbers that went into a statement, as rows of its budget. Pure."""

from collections.abc import Iterable, Sequence

from calibration.inputs import InputKind, InputQuantity, InputUnit
from calibration.model.declared import influence_of
from calibration.report.content import BudgetRow
from calibration.setting import Setting
from calibration.window import SettingUsed
from evidence.statement.datum import ActivityData, StatedComponent


def declared_rows(datum: ActivityData, settings: Iterable[Setting]) -> tuple[BudgetRow, ...]:
    """A row for each setting that contributes: its number, its u, and c_i = u_i(y)/u(x_i).

    A setting is left out where the papers leave open which number went in: several that deviate
    together, or versions that differ.

    Args:
        datum: That is shown.
        settings: All versions that are known of its site.
    """
    used = {(each.setting, each.document) for each in _used(datum)}
    known = [each for each in settings if (each.id, each.document) in used]
    whole = sum(each.contribution**2 for each in datum.components)
    rows = [
        _row(own[0], part, whole)
        for part in datum.components
        for own in [[each for each in known if influence_of(each) == part.influence]]
        if own and len({each.after for each in own}) == 1
    ]
    return tuple(sorted(rows, key=lambda each: -(each.share or 0.0)))


def _used(datum: ActivityData) -> Sequence[SettingUsed]:
    return datum.settings if isinstance(datum.settings, tuple) else ()


def _row(setting: Setting, part: StatedComponent, whole: float) -> BudgetRow:
    u = setting.after.standard_uncertainty
    quantity = InputQuantity(
        kind=InputKind.DECLARED,
        subject=setting.id,
        influence=part.influence,
        estimate=setting.after.value,
        standard_uncertainty=u,
        unit=InputUnit(of=setting.after.unit),
        sensitivity=part.contribution / u if u else None,
        contribution=part.contribution,
        variance=part.contribution**2,
        evaluation=part.evaluation,
        distribution=part.distribution,
        degrees_of_freedom=part.degrees_of_freedom,
    )
    return BudgetRow(quantity=quantity, share=part.contribution**2 / whole if whole else None)
