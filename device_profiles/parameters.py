"""The factors of a profile that only the site knows, with the site's values."""

import math
from collections.abc import Mapping

from device_profiles.errors import ParameterError
from device_profiles.model import DeviceProfile
from device_profiles.nearest import nearest


def parameters_of(
    profile: DeviceProfile, given: Mapping[str, float] | None = None
) -> dict[str, float]:
    """The value of every parameter of `profile`: as `given`, else its default.

    Raises:
        ParameterError: a name the profile does not declare, or a value that is not > 0.
    """
    for name, value in (given or {}).items():
        if name not in profile.parameters:
            known = nearest(name, profile.parameters) or "-"
            _refuse(profile, name, "is not declared", "未声明", known)
        if not (math.isfinite(value) and value > 0):
            _refuse(profile, name, f"cannot be {value}", f"不能为 {value}", "-")
    defaults = {name: parameter.default for name, parameter in profile.parameters.items()}
    return defaults | dict(given or {})


def _refuse(profile: DeviceProfile, name: str, what: str, what_zh: str, known: str) -> None:
    raise ParameterError(
        profile.id,
        key=name,
        what=f"parameter '{name}' {what}",
        what_zh=f"参数 '{name}' {what_zh}",
        limit="> 0",
        nearest=known,
    )
