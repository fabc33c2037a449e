"""Errors of this room: a stable code, what, where, which limit and what to do, twice."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple


class Words(NamedTuple):
    """One phrase in both languages, for a fact that is prose."""

    en: str
    zh: str


def facts_in(language: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as the reader of one language, "en" or "zh", sees them."""
    return {
        name: getattr(fact, language) if isinstance(fact, Words) else fact
        for name, fact in facts.items()
    }


class CalibrationError(Exception):
    """Something is wrong with a certificate, a function, a unit or an uncertainty.

    Every subclass has a stable `code` and a text per language with named fields;
    `facts` fills the fields, and a fact may be `Words`. `where` names the file, key or object
    that is wrong.
    """

    code: ClassVar[str] = "E_CAL"
    en: ClassVar[str] = "{what}"
    zh: ClassVar[str] = "{what}"

    def __init__(self, where: str, **facts: object) -> None:
        self.where = where
        self.facts = facts
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """The message in `language` ("en" or "zh"), led by code and place."""
        text = self.zh if language == "zh" else self.en
        facts = facts_in("zh" if language == "zh" else "en", self.facts)
        return f"{self.code} {self.where}: {text.format(**facts)}"


class UnknownUnitError(CalibrationError):
    """The unit is not in the closed table."""

    code = "E_UNIT_UNKNOWN"
    en = "unit '{unit}' is not in the UCUM table; use one of: {known}"
    zh = "单位 '{unit}' 不在 UCUM 单位表中；可用单位：{known}"


class UnitMismatchError(CalibrationError):
    """Two units, or two reference conditions, do not measure the same thing."""

    code = "E_UNIT_MISMATCH"
    en = "'{found}' cannot stand for '{expected}'; give the value in a unit of the same kind"
    zh = "'{found}' 不能用作 '{expected}'；请使用同类量的单位"


class NotFiniteError(CalibrationError):
    """A number is NaN or infinite where a finite one is needed."""

    code = "E_NUM_NOT_FINITE"
    en = "'{name}' is {value}; a finite number is needed"
    zh = "'{name}' 的值为 {value}；需要有限数值"


class OutOfRangeError(CalibrationError):
    """A number lies outside what it can be."""

    code = "E_NUM_RANGE"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 的值为 {value}；必须满足 {limit}"


class InfluenceError(CalibrationError):
    """An influence id does not follow the grammar."""

    code = "E_INFLUENCE_GRAMMAR"
    en = "'{influence}' is not an influence id; it must be like {limit}"
    zh = "'{influence}' 不是有效的影响量标识；格式应为 {limit}"


class InfluenceConflictError(CalibrationError):
    """One influence id was given two different descriptions."""

    code = "E_INFLUENCE_CONFLICT"
    en = "influence '{influence}' is described twice, as {first} and as {second}; use two ids"
    zh = "影响量 '{influence}' 有两种描述：{first} 与 {second}；请使用不同标识"


class CertificateError(CalibrationError):
    """A certificate or a confirmation does not say what it must."""

    code = "E_CERT"
    en = "{what}; {remedy}"
    zh = "{what}；{remedy}"


class SettingMissingError(CalibrationError):
    """A setting does not say what its kind needs."""

    code = "E_SETTING_MISSING"
    en = "'{name}' is missing; a setting '{setting}' needs it: add it to the file"
    zh = "缺少 '{name}'；设置 '{setting}' 需要该项：请在文件中补充"


class SettingValueError(CalibrationError):
    """A setting has a value that cannot be."""

    code = "E_SETTING_VALUE"
    en = "'{name}' is {value}; it must be {limit}: compare it with the source document"
    zh = "'{name}' 为 {value}；必须满足 {limit}：请与来源文件核对"


class SettingConflictError(CalibrationError):
    """One version of a setting was written twice, differently."""

    code = "E_SETTING_CONFLICT"
    en = "'{id}' has two contents recorded at {at}; record the valid one again, later"
    zh = "'{id}' 在 {at} 有两个不同内容；请以更晚的时间重新登记有效的一个"


class DerivationNamesError(CalibrationError):
    """A computed channel has no measured input, one input twice, or itself as an input."""

    code = "E_DERIVATION_NAMES"
    en = "inputs: {found}; measure at least one, give each once, and never the channel itself"
    zh = "输入：{found}；至少要有一个测量输入，每个只给一次，且不得为该通道自身"


class DerivationConflictError(CalibrationError):
    """A computed channel is said to be computed in two ways from one instant on."""

    code = "E_DERIVATION_CONFLICT"
    en = "it is computed in two ways from {at}, recorded together; record the valid one again"
    zh = "自 {at} 起有两种同时登记的计算方式；请重新登记有效的一种"


class WindowMergeError(CalibrationError):
    """Two windows do not join."""

    code = "E_WINDOW_MERGE"
    en = "{what}; only windows of one channel whose readings meet can be merged"
    zh = "{what}；只有同一通道且首尾读数相接的窗口才能合并"


class UncertaintyUnknownError(CalibrationError):
    """Nothing is known from which an uncertainty could be stated; it is never 0."""

    code = "E_UNCERTAINTY_UNKNOWN"
    en = (
        "no certificate, verification or name-plate class for '{instrument}'; "
        "state its class in the agent's configuration"
    )
    zh = "'{instrument}' 没有校准证书、检定证书或铭牌等级；请在代理配置中填写准确度等级"


class CsvFileError(CalibrationError):
    """A CSV file is no table."""

    code = "E_CSV_FILE"
    en = "the file cannot be read ({found}); it must be {limit}"
    zh = "无法读取文件（{found}）；必须满足：{limit}"


class CsvColumnError(CalibrationError):
    """A CSV file's first line does not name the columns that it should."""

    code = "E_CSV_COLUMN"
    en = "the first line names the column '{name}' {found} times; it must name each once of {limit}"
    zh = "首行中列名 '{name}' 出现 {found} 次；列名须为下列之一且各出现一次：{limit}"


class CsvNumberError(CalibrationError):
    """A field of a CSV file holds something else than a number."""

    code = "E_CSV_NUMBER"
    en = "'{name}' is '{found}'; write a number with a decimal point"
    zh = "'{name}' 为 '{found}'；请填写带小数点的数值"


class OutputFileError(CalibrationError):
    """A drawing or a page cannot be written."""

    code = "E_OUTPUT_FILE"
    en = "the file cannot be written ({found}); choose a folder that is there and writable"
    zh = "无法写入文件（{found}）；请选择存在且可写的文件夹"
