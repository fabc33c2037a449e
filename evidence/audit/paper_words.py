"""Phrases of papers and profiles that are known, in the reader's language (pure).

What a laboratory or a factory says in words of its own stays as it was written.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from evidence.audit.said import Said, said

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "simple acceptance": "简单接收",
        "guarded acceptance": "保护带接收",
        "guarded acceptance, w = U": "保护带接收，w = U",
        "not applicable": "不适用",
    }
)
"""Decision rules by their name in JCGM 106, 8.2 and 8.3."""
SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "at standard conditions": "标准状态",
        "barometric": "大气压",
        "dust": "颗粒物",
        "dust, original value": "颗粒物，原始值",
        "flat tariff": "平段",
        "flow": "流量",
        "flue gas": "烟气",
        "flue gas, dynamic": "烟气，动压",
        "flue gas, static": "烟气，静压",
        "fluid": "流体",
        "fraction A": "组分 A",
        "fraction B": "组分 B",
        "gas at metering conditions": "工况气体",
        "gas filter wheel": "气体滤光轮",
        "heating water": "热水",
        "inside the box": "机箱内",
        "optical bench": "光学平台",
        "ozone scrubber": "臭氧去除器",
        "peak tariff": "峰段",
        "photometer lamp": "光度计灯",
        "return": "回水",
        "sample gas": "样气",
        "sound in the fluid": "流体声速",
        "spike tariff": "尖段",
        "stability of the CO reading": "CO 示值稳定性",
        "stability of the O3 reading": "O3 示值稳定性",
        "static": "静压",
        "supply": "供水",
        "tariff 1": "费率 1",
        "tariff 2": "费率 2",
        "valley tariff": "谷段",
        "water": "水",
    }
)
"""What channels of the catalogue are of; formulas such as CO2 are the same in each language."""
_PHRASES: Final = "|".join(map(re.escape, sorted(SUBJECTS, key=len, reverse=True)))
_SUBJECT: Final = re.compile(rf"((?:\S+ )?)({_PHRASES})((?: L[123N](?:-L[123])?)?)")


def rule_said(rule: str) -> Said:
    """A decision rule as a confirmation names it."""
    return said(rule, RULES.get(rule, rule))


def subject_said(subject: str) -> Said:
    """What a measurand is of: the device, what of it, and the phase.

    Args:
        subject: as an agent puts it together, "boiler flue gas, static".
    """
    found = _SUBJECT.fullmatch(subject)
    if found is None:
        return said(subject, subject)
    device, what, phase = found.groups()
    return said(subject, f"{device}{SUBJECTS[what]}{phase}")
