"""The standard items of DL/T 645, as data: what a DI means and how its value is coded.

Grades: A a vendor's page, B formats on which two independent public implementations agree, C one
of them or a published list, D from memory. `note` says what of an entry is less sure than its
grade. Nothing here was compared with a meter; a profile states its own items.

Sources: 600888/dlt645@783b91d go/config; PyPI dlt645 3.2.0; chinawrj/esphome-component-dlt645
@7a9cb86; coyool/XXOO_000 dd645_2007.c (1997 identifiers beside those of 2007); manualshive
ASDU-LS 2128413 p. 18 (1997 voltage). Registers roll over at all nines; ratios of current and
voltage transformers are not in the values of most meters.
"""

from typing import Final, Literal

import msgspec

from device_profiles.dlt645.edition import EDITION_1997, EDITION_2007, Edition
from device_profiles.dlt645.item import Part

Grade = Literal["A", "B", "C", "D"]

SIGNED_NOTE: Final = "whether there is a sign bit is known from memory (D)"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What a data identifier stands for.

    Attributes:
        meaning: what it is; `meaning_zh` in Chinese.
        parts: the values of one element, in the order they travel.
        labels: of a block, what its elements are, in order; a block may have fewer.
        grade: how well length, decimals and unit are known.
        note: what is less sure than that.
    """

    meaning: str
    meaning_zh: str
    parts: tuple[Part, ...]
    labels: tuple[str, ...] = ()
    grade: Grade = "B"
    note: str = ""

    @property
    def length(self) -> int:
        """Number of bytes of one element."""
        return sum(part.length for part in self.parts)


_ENERGY: Final = {
    0x00: ("combined active energy", "组合有功电能", "kW.h", True),
    0x01: ("forward active energy", "正向有功电能", "kW.h", False),
    0x02: ("reverse active energy", "反向有功电能", "kW.h", False),
    0x03: ("combined reactive energy 1", "组合无功 1 电能", "kV.A{reactive}.h", True),
    0x04: ("combined reactive energy 2", "组合无功 2 电能", "kV.A{reactive}.h", True),
    0x05: ("reactive energy, quadrant 1", "第一象限无功电能", "kV.A{reactive}.h", False),
    0x06: ("reactive energy, quadrant 2", "第二象限无功电能", "kV.A{reactive}.h", False),
    0x07: ("reactive energy, quadrant 3", "第三象限无功电能", "kV.A{reactive}.h", False),
    0x08: ("reactive energy, quadrant 4", "第四象限无功电能", "kV.A{reactive}.h", False),
}
_DEMAND: Final = {
    0x01: ("maximum forward active demand", "正向有功最大需量", "kW"),
    0x02: ("maximum reverse active demand", "反向有功最大需量", "kW"),
}
_PHASES: Final = ("A", "B", "C")
_TOTAL_AND_PHASES: Final = ("total", *_PHASES)
_TARIFFS: Final = 63
_SETTLEMENT_DAYS: Final = 12
_WHOLE_BLOCK: Final = 0xFF

_VOLTAGE: Final = Part(form="number", length=2, decimals=1, unit="V")
_CURRENT: Final = Part(form="number", length=3, decimals=3, unit="A", signed=True)
_FACTOR: Final = Part(form="number", length=2, decimals=3, signed=True)
_ANGLE: Final = Part(form="number", length=2, decimals=1, unit="deg")


def _power(unit: str) -> Part:
    return Part(form="number", length=3, decimals=4, unit=unit, signed=True)


_VARIABLES: Final[dict[int, tuple[str, str, Part, tuple[str, ...]]]] = {
    0x01: ("voltage", "电压", _VOLTAGE, _PHASES),
    0x02: ("current", "电流", _CURRENT, _PHASES),
    0x03: ("active power", "有功功率", _power("kW"), _TOTAL_AND_PHASES),
    0x04: ("reactive power", "无功功率", _power("kV.A{reactive}"), _TOTAL_AND_PHASES),
    0x05: ("apparent power", "视在功率", _power("kV.A"), _TOTAL_AND_PHASES),
    0x06: ("power factor", "功率因数", _FACTOR, _TOTAL_AND_PHASES),
    0x07: ("phase angle", "相角", _ANGLE, _PHASES),
}


def _single(meaning: str, meaning_zh: str, part: Part, grade: Grade = "B", note: str = "") -> Item:
    return Item(meaning=meaning, meaning_zh=meaning_zh, parts=(part,), grade=grade, note=note)


_NUMBER: Final = Part(form="digits", length=6)
_CLASS: Final = Part(form="text", length=4)
_CONSTANT: Final = Part(form="number", length=3)
_STATUS: Final = Part(form="bits", length=2)
_TEXT_NOTE: Final = "the order of the characters is known from memory (D)"

_FIXED: Final[dict[int, Item]] = {
    0x02800001: _single("neutral current", "零线电流", _CURRENT, note=SIGNED_NOTE),
    0x02800002: _single(
        "grid frequency", "电网频率", Part(form="number", length=2, decimals=2, unit="Hz")
    ),
    0x02800003: _single(
        "active power, mean of one minute", "一分钟有功平均功率", _power("kW"), note=SIGNED_NOTE
    ),
    0x02800004: _single("active demand", "当前有功需量", _power("kW"), note=SIGNED_NOTE),
    0x02800005: _single(
        "reactive demand", "当前无功需量", _power("kV.A{reactive}"), note=SIGNED_NOTE
    ),
    0x02800006: _single("apparent demand", "当前视在需量", _power("kV.A"), note=SIGNED_NOTE),
    0x02800007: _single(
        "internal temperature",
        "表内温度",
        Part(form="number", length=2, decimals=1, unit="Cel", signed=True),
        note=SIGNED_NOTE,
    ),
    0x04000101: _single("date", "日期及星期", Part(form="date", length=4)),
    0x04000102: _single("time", "时间", Part(form="time", length=3)),
    0x04000401: _single("communication address", "通信地址", _NUMBER),
    0x04000402: _single("meter number", "表号", _NUMBER),
    0x04000407: _single("accuracy class, active", "有功准确度等级", _CLASS, note=_TEXT_NOTE),
    0x04000408: _single("accuracy class, reactive", "无功准确度等级", _CLASS, note=_TEXT_NOTE),
    0x04000409: _single("meter constant, imp/kWh", "电表有功常数", _CONSTANT),
    0x0400040A: _single("meter constant, imp/kvarh", "电表无功常数", _CONSTANT),
    **{
        0x04000500 + word: _single(
            f"status word {word}",
            f"电表运行状态字 {word}",
            _STATUS,
            note="what its bits mean is known from memory (D)",
        )
        for word in range(1, 8)
    },
}
_FIXED_1997: Final[dict[int, Item]] = {
    **{
        0xB611 + phase: _single(
            f"voltage, phase {name}",
            f"电压，{name} 相",
            Part(form="number", length=2, unit="V"),
            "A",
        )
        for phase, name in enumerate(_PHASES)
    },
    **{
        0xB621 + phase: _single(
            f"current, phase {name}",
            f"电流，{name} 相",
            Part(form="number", length=2, decimals=2, unit="A"),
            "C",
        )
        for phase, name in enumerate(_PHASES)
    },
}


def item_of(di: int, edition: Edition = EDITION_2007) -> Item | None:
    """What the identifier `di` stands for in `edition`; None where this table does not say."""
    if edition is EDITION_1997:
        return _FIXED_1997.get(di) or _energy_1997(di)
    kind, low = divmod(di, 0x1000000)
    reader = {0x00: _energy, 0x01: _demand, 0x02: _variable}.get(kind)
    return _FIXED.get(di) or (reader(*low.to_bytes(3, "big")) if reader else None)


def _tariffs(count: int = _TARIFFS) -> tuple[str, ...]:
    return ("total", *(f"tariff {number}" for number in range(1, count + 1)))


def _of(meaning: str, tariff: int, day: int) -> tuple[str, tuple[str, ...]]:
    """What one energy or demand is, and the labels of a block of them."""
    block = tariff == _WHOLE_BLOCK
    place = "total and tariffs" if block else _tariffs()[tariff]
    back = f", settlement day {day} back" if day else ""
    return f"{meaning}, {place}{back}", _tariffs() if block else ()


def _of_zh(meaning: str, tariff: int, day: int) -> str:
    place = {0: "总", _WHOLE_BLOCK: "数据块"}.get(tariff, f"费率 {tariff}")
    return f"（{f'上 {day} 结算日' if day else '当前'}）{meaning}，{place}"


def _is_kept(tariff: int, day: int) -> bool:
    return (tariff <= _TARIFFS or tariff == _WHOLE_BLOCK) and day <= _SETTLEMENT_DAYS


def _energy(kind: int, tariff: int, day: int) -> Item | None:
    if kind not in _ENERGY or not _is_kept(tariff, day):
        return None
    name, name_zh, unit, signed = _ENERGY[kind]
    meaning, labels = _of(name, tariff, day)
    return Item(
        meaning=meaning,
        meaning_zh=_of_zh(name_zh, tariff, day),
        parts=(Part(form="number", length=4, decimals=2, unit=unit, signed=signed),),
        labels=labels,
        note=SIGNED_NOTE,
    )


def _demand(kind: int, tariff: int, day: int) -> Item | None:
    if kind not in _DEMAND or not _is_kept(tariff, day):
        return None
    name, name_zh, unit = _DEMAND[kind]
    meaning, labels = _of(name, tariff, day)
    demand = Part(form="number", length=3, decimals=4, unit=unit, name="demand")
    return Item(
        meaning=meaning,
        meaning_zh=_of_zh(name_zh, tariff, day),
        parts=(demand, Part(form="minute", length=5, name="at")),
        labels=labels,
    )


def _variable(kind: int, element: int, zero: int) -> Item | None:
    if kind not in _VARIABLES or zero:
        return None
    name, name_zh, part, labels = _VARIABLES[kind]
    note = SIGNED_NOTE if part.signed else ""
    if element == _WHOLE_BLOCK:
        return Item(
            meaning=f"{name}, {', '.join(labels)}",
            meaning_zh=f"{name_zh}数据块",
            parts=(part,),
            labels=labels,
            grade="B" if labels == _PHASES else "D",
            note=note,
        )
    names = labels if labels[0] == "total" else ("", *labels)
    if element >= len(names) or not names[element]:
        return None
    place_zh = "总" if names[element] == "total" else f"{names[element]} 相"
    return _single(f"{name}, {names[element]}", f"{name_zh}，{place_zh}", part, note=note)


def _energy_1997(di: int) -> Item | None:
    kinds = {
        0x901: ("forward active energy", "正向有功电能"),
        0x902: ("reverse active energy", "反向有功电能"),
    }
    kind, tariff = divmod(di, 16)
    if kind not in kinds:
        return None
    name, name_zh = kinds[kind]
    tariff = _WHOLE_BLOCK if tariff == 0xF else tariff
    meaning, labels = _of(name, tariff, 0)
    return Item(
        meaning=meaning,
        meaning_zh=_of_zh(name_zh, tariff, 0),
        parts=(Part(form="number", length=4, decimals=2, unit="kW.h"),),
        labels=labels,
        grade="C",
        note="that two decimals are sent is taken from the 2007 edition's counterpart",
    )
