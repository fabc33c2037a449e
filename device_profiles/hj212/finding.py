"""What deviates from HJ 212-2017 in a packet that can be read all the same: named, never lost."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MOST_SHOWN: Final = 40

TEXTS: Final = MappingProxyType(
    {
        "crc_case": ("the CRC is in lower case", "CRC 使用了小写字母"),
        "length_over_limit": (
            "the data segment is longer than 1024 bytes",
            "数据段超过 1024 字节",
        ),
        "content_over_limit": ("the content of CP is longer than 950 bytes", "CP 超过 950 字节"),
        "packet_end": ("the packet does not end in CR LF", "数据包未以回车换行结尾"),
        "field_separator": ("fields are not separated by ';'", "字段之间未用 ';' 分隔"),
        "field_order": ("the fields stand in another order", "字段顺序不符"),
        "field_unknown": ("a field that the standard does not know", "标准中没有的字段"),
        "field_ascii": ("fields before CP that are not ASCII", "CP 之前的字段含非 ASCII 字符"),
        "field_form": ("a part between ';' is not name=value", "分号之间的内容不是 名称=值"),
        "qn_missing": ("no QN: as HJ/T 212-2005 packets come", "缺少 QN（2005 版数据包）"),
        "qn_form": ("QN is no time of 17 digits", "QN 不是 17 位时间"),
        "st_missing": ("ST is missing", "缺少 ST"),
        "st_width": ("ST has not two characters", "ST 不是两位字符"),
        "st_unknown": ("ST is not in table 5", "ST 不在表 5 中"),
        "st_answer": ("an answer whose ST is not 91", "应答命令的 ST 不是 91"),
        "st_gas_as_water": (
            "gas factors under an ST that is not for air",
            "非大气类 ST 下出现气体因子",
        ),
        "st_gas_as_ambient": (
            "factors of a stack under the ST of ambient air",
            "空气质量 ST 下出现烟气因子",
        ),
        "cn_unknown": ("CN is not in table 9", "CN 不在表 9 中"),
        "pw_missing": ("PW is missing", "缺少 PW"),
        "pw_width": ("PW has not six characters", "PW 不是六位字符"),
        "mn_missing": ("MN is missing", "缺少 MN"),
        "mn_form": ("MN is not 24 characters 0-9 A-F", "MN 不是 24 位 0-9 A-F 字符"),
        "flag_missing": ("Flag is missing", "缺少 Flag"),
        "flag_form": ("Flag is no number 0..255", "Flag 不是 0..255 的数"),
        "flag_version": ("Flag names a version other than 2017", "Flag 的版本不是 2017"),
        "part_missing": ("Flag announces PNUM and PNO; they are missing", "缺少 PNUM 或 PNO"),
        "part_unannounced": ("PNUM or PNO without bit D of Flag", "Flag 未声明却有 PNUM/PNO"),
        "part_form": ("PNUM and PNO are no numbers 1..9999", "PNUM/PNO 不是 1..9999 的数"),
        "part_order": ("PNO is greater than PNUM", "PNO 大于 PNUM"),
        "spaces": ("spaces around a name or a value", "名称或值前后有空格"),
        "item_form": ("an item of CP is not name=value", "CP 中的项不是 名称=值"),
        "item_split": ("one factor in several items", "同一因子分在多个项中"),
        "item_codes": ("several factors in one item", "一个项中有多个因子"),
        "subfield_case": ("a sub-field in other letters", "子字段大小写不符"),
        "subfield_unknown": ("a sub-field that the standard does not know", "标准中没有的子字段"),
        "subfield_twice": ("a sub-field twice", "子字段重复"),
        "parameter_twice": ("a parameter twice; the first counts", "参数重复；以第一个为准"),
        "value_empty": ("a value is empty", "值为空"),
        "number_form": ("a number in another form than N a.b", "数值格式不符合 N a.b"),
        "not_a_number": ("no number where one belongs", "应为数值处不是数值"),
        "data_flag_missing": ("measured values without a data flag", "测量值没有数据标记"),
        "data_flag_unknown": ("a data flag that table 8 does not know", "数据标记不在表 8 中"),
        "time_form": ("no time of 14 digits", "不是 14 位时间"),
        "time_missing": ("measured values without DataTime", "测量值没有 DataTime"),
        "not_utf8": ("bytes that are not UTF-8, read as GB 18030", "不是 UTF-8，按 GB 18030 读取"),
        "not_text": ("bytes that are neither UTF-8 nor GB 18030", "既非 UTF-8 也非 GB 18030"),
    }
)
"""Every finding there is: code -> what deviates, in English and in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One deviation.

    Attributes:
        code: a key of `TEXTS`.
        where: the field, the factor or the item it is about; empty for the packet.
        found: what stands there, at most 40 characters.
    """

    code: str
    where: str = ""
    found: str = ""

    def text(self, language: str) -> str:
        """What deviates, in `language` ("en" or "zh")."""
        return TEXTS[self.code][language == "zh"]

    def record(self) -> dict[str, str]:
        """The finding as plain fields, for machines."""
        return {
            "code": self.code,
            "where": self.where,
            "found": self.found,
            "message": self.text("en"),
            "message_zh": self.text("zh"),
        }


def finding(code: str, where: bytes | str = "", found: bytes | str = "") -> Finding:
    """The finding `code`, its place and its bytes shown as text of bounded length."""
    return Finding(code=code, where=_shown(where), found=_shown(found))


def _shown(part: bytes | str) -> str:
    text = part if isinstance(part, str) else part.decode("utf-8", "backslashreplace")
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
