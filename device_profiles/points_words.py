"""How engineers write headings, types and units in lists of points, English and Chinese."""

import re
from types import MappingProxyType
from typing import Final, get_args

from device_profiles.formats import FormatName
from device_profiles.scalars import FunctionCode

_HEADINGS: Final = (
    (
        "name",
        "name channel point tag variable parameter description 名称 点名 变量名 参数名 描述 测点",
    ),
    ("address", "address addr register reg offset 地址 寄存器 寄存器地址 起始地址 偏移"),
    ("type", "type datatype format data_format dtype 类型 数据类型 格式 数据格式"),
    ("unit", "unit units uom 单位 工程单位"),
    ("scale", "scale factor multiplier gain ratio scaling 比例 倍率 系数 缩放 比例系数"),
    ("offset", "zero shift bias 零点 偏置"),
    ("function", "function functioncode fc fcode table 功能码 功能 寄存器类型"),
    ("order", "order wordorder byteorder endian endianness 字序 字节序 字节顺序"),
    ("length", "length count registers words size quantity 长度 寄存器数 数量 个数"),
    ("accumulation", "accumulation counts kind_of_value mode 计量方式 累计 性质"),
    ("kind", "kind kindofquantity quantitykind measurand 量 量的种类 物理量"),
    ("resolution", "resolution step 分辨力 分度 精度"),
    ("low", "low min minimum 下限 最小值 量程下限"),
    ("high", "high max maximum 上限 最大值 量程上限"),
    ("phase", "phase 相 相别"),
    ("subject", "subject of medium 对象 介质"),
    ("parameter", "multiplyby multiply_by times 乘以 变比"),
    ("required", "required mandatory 必需 必须"),
    ("note", "note notes comment remark remarks 备注 说明 注释"),
)


def plain(text: str) -> str:
    """`text` in lower case, without blanks, punctuation and what stands in brackets."""
    return re.sub(r"[\W_]+", "", re.sub(r"[(（\[【].*?[)）\]】]", "", text.lower()))


HEADINGS: Final = MappingProxyType(
    {plain(word): field for field, words in _HEADINGS for word in words.split()}
)
"""The field that a heading means, by the heading in plain letters."""

_TYPES: Final[tuple[tuple[FormatName, str], ...]] = (
    ("bit", "bit bool boolean coil discrete 位 开关量 布尔"),
    ("int16", "int16 int integer short sint s16 i16 signed16 signed 16位有符号 有符号整数 整型"),
    ("uint16", "uint16 uint word ushort u16 unsigned16 unsigned 16位无符号 无符号整数 无符号整型"),
    ("int32", "int32 dint long slong s32 i32 signed32 32位有符号 有符号长整数 长整型"),
    ("uint32", "uint32 udint dword ulong u32 unsigned32 32位无符号 无符号长整数 无符号长整型"),
    ("int64", "int64 lint longlong s64 i64 signed64 64位有符号"),
    ("uint64", "uint64 ulint qword ulonglong u64 unsigned64 64位无符号"),
    ("float32", "float32 float real single f32 real4 float4 ieee754 浮点 浮点数 单精度 单精度浮点"),
    ("float64", "float64 double lreal f64 real8 双精度 双精度浮点"),
    ("bcd16", "bcd16 bcd"),
    ("bcd32", "bcd32 dbcd"),
)
TYPES: Final[MappingProxyType[str, FormatName]] = MappingProxyType(
    {
        **{plain(word): name for name, words in _TYPES for word in words.split()},
        **{str(name): name for name in get_args(FormatName)},
    }
)
"""The number format that a type means."""

WIDER: Final[MappingProxyType[tuple[FormatName, int], FormatName]] = MappingProxyType(
    {
        ("int16", 2): "int32",
        ("uint16", 2): "uint32",
        ("int16", 4): "int64",
        ("uint16", 4): "uint64",
        ("int32", 4): "int64",
        ("uint32", 4): "uint64",
        ("float32", 4): "float64",
        ("bcd16", 2): "bcd32",
    }
)
"""The format that is meant where a type says less than the number of registers."""

FUNCTIONS: Final[MappingProxyType[str, FunctionCode]] = MappingProxyType(
    {
        **dict.fromkeys(("1", "01", "fc1", "fc01", "coil", "coils", "线圈", "0x01"), 1),
        **dict.fromkeys(("2", "02", "fc2", "fc02", "discrete", "discreteinput", "离散输入"), 2),
        **dict.fromkeys(("3", "03", "fc3", "fc03", "holding", "holdingregister", "保持寄存器"), 3),
        **dict.fromkeys(("4", "04", "fc4", "fc04", "input", "inputregister", "输入寄存器"), 4),
    }
)

_UNITS: Final = (
    ("kW.h", "kwh kw.h kw·h 千瓦时 度"),
    ("W.h", "wh w.h 瓦时"),
    ("MW.h", "mwh mw.h 兆瓦时"),
    ("kV.A{reactive}.h", "kvarh kvar.h 千乏时"),
    ("V.A{reactive}.h", "varh var.h 乏时"),
    ("kV.A.h", "kvah"),
    ("V.A.h", "vah"),
    ("kW", "kw 千瓦"),
    ("W", "w 瓦"),
    ("MW", "mw 兆瓦"),
    ("kV.A{reactive}", "kvar 千乏"),
    ("V.A{reactive}", "var 乏"),
    ("kV.A", "kva"),
    ("V.A", "va"),
    ("V", "v volt volts 伏"),
    ("A", "a amp amps ampere 安"),
    ("Hz", "hz 赫兹"),
    ("Cel", "°c ℃ c degc cel celsius 摄氏度 度c"),
    ("K", "k kelvin"),
    ("Pa", "pa 帕"),
    ("hPa", "hpa mbar 百帕"),
    ("kPa", "kpa 千帕"),
    ("MPa", "mpa 兆帕"),
    ("bar", "bar"),
    ("m3", "m3 m³ m^3 cbm nm3 nm³ 立方米 方"),
    ("L", "l liter litre 升"),
    ("m3/h", "m3/h m³/h m^3/h nm3/h nm³/h cbm/h 立方米/小时 方/小时"),
    ("m3/s", "m3/s m³/s"),
    ("L/h", "l/h"),
    ("kg", "kg 千克 公斤"),
    ("t", "t ton 吨"),
    ("kg/h", "kg/h"),
    ("kg/s", "kg/s"),
    ("t/h", "t/h 吨/小时"),
    ("GJ", "gj 吉焦"),
    ("MJ", "mj 兆焦"),
    ("kJ", "kj"),
    ("GJ/h", "gj/h"),
    ("kg/m3", "kg/m3 kg/m³"),
    ("g/m3", "g/m3 g/m³"),
    ("mg/m3", "mg/m3 mg/m³ mg/nm3 mg/nm³ 毫克/立方米"),
    ("ug/m3", "ug/m3 µg/m3 μg/m3 µg/m³ μg/m³"),
    ("[ppm]", "ppm ppmv [ppm]"),
    ("[ppb]", "ppb ppbv [ppb]"),
    ("%", "% percent pct vol% %vol %rh rh% 百分比"),
    ("m/s", "m/s 米/秒"),
    ("1", "1 - / none"),
)
UNITS: Final = MappingProxyType(
    {word: code for code, words in _UNITS for word in words.split()}
    | {code.lower(): code for code, _ in _UNITS}
)
"""The UCUM code of a unit as people write it, by that in lower case without blanks."""

CASED_UNITS: Final = MappingProxyType({"MJ": "MJ", "MW": "MW", "MPa": "MPa", "mA": "mA"})
"""Units whose case makes a difference; looked up first."""

_ACCUMULATIONS: Final = (
    ("register", "register total counter cumulative cumulated totalizer k 累计 累积 总量 总"),
    ("rate", "rate instant instantaneous actual current i 瞬时 实时 当前"),
    ("interval", "interval period delta 时段 间隔"),
)
ACCUMULATIONS: Final = MappingProxyType(
    {plain(word): name for name, words in _ACCUMULATIONS for word in words.split()}
)
