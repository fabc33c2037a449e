"""Values as a regulation has them reported: rounded and clipped; never the best estimate (pure)."""

from decimal import Decimal

from calibration.errors import Words
from calibration.model.catalogue import MeasurementModel
from calibration.model.errors import ModelFormError
from calibration.model.stated import Modelled
from calibration.performance.exact import rounded

DIGITS = 12


def reported(model: MeasurementModel, modelled: Modelled) -> Decimal:
    """The value that a regulation asks for, in the model's unit: halves away from zero, clipped.

    A double that stands within 12 digits of a half is taken as that half: 5.7e-7*1.7*5e7 is 48.45,
    and in doubles 48.449999999999996.

    Raises:
        ModelFormError: the regulation of this model prescribes no rounding.
    """
    rule = model.reported
    if rule is None or modelled.model != model.id:
        raise ModelFormError(
            "model",
            found=modelled.model,
            limit=Words("model with a rule of reporting", "有报告规则的模型"),
        )
    found = rounded(Decimal(f"{modelled.value:.{DIGITS}g}"), rule.decimals)
    if rule.at_least is None:
        return found
    return max(found, rounded(Decimal(repr(rule.at_least)), rule.decimals))
