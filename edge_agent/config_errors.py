"""Errors of an agent's configuration: which file, which key, which limit, and what to do."""

from typing import ClassVar

from edge_agent.errors import AgentError


class ConfigError(AgentError):
    """The configuration cannot be used; the agent does not start.

    Facts: `key` is the place in the file, `found` what stands there, `limit` what may stand
    there, `remedy` what to do (a text, or `evidence.errors.Words`).
    """

    code: ClassVar[str] = "E_CONFIG"
    en: ClassVar[str] = "{key}: {found}; it must be {limit}; {remedy}"
    zh: ClassVar[str] = "{key}：{found}；必须为 {limit}；{remedy}"


class ConfigFileError(ConfigError):
    """A file that the configuration is, or names, cannot be read."""

    code = "E_CONFIG_FILE"
    en = "{key}: the file cannot be read ({found}); it must be {limit}; check path and rights"
    zh = "{key}：文件无法读取（{found}）；必须为 {limit}；请检查路径和权限"


class ConfigSyntaxError(ConfigError):
    """The file is not TOML."""

    code = "E_CONFIG_TOML"
    en = "{key}: {found}; the file must be {limit}; correct the line"
    zh = "{key}：{found}；文件必须为 {limit}；请更正该行"


class ConfigUnknownKeyError(ConfigError):
    """A key that means nothing here."""

    code = "E_CONFIG_UNKNOWN_KEY"
    en = "{key}: no such key in {limit}; remove it, or write the one that was meant: {nearest}"
    zh = "{key}：{limit} 中没有该键；请删除，或改为正确的键：{nearest}"


class ConfigMissingKeyError(ConfigError):
    """A key that must be there is not."""

    code = "E_CONFIG_MISSING_KEY"
    en = "{key}: this key is missing; add it, it must be {limit}"
    zh = "{key}：缺少该键；请补充，其值必须为 {limit}"


class ConfigTypeError(ConfigError):
    """A value of another type than the key's."""

    code = "E_CONFIG_TYPE"
    en = "{key}: {found} was found; it must be {limit}; correct the value"
    zh = "{key}：实际为 {found}；必须为 {limit}；请更正该值"


class ConfigLimitError(ConfigError):
    """A value outside its limits."""

    code = "E_CONFIG_LIMIT"
    en = "{key} is {found}; it must be {limit}; correct the value"
    zh = "{key} 的值为 {found}；必须为 {limit}；请更正该值"


class ConfigDuplicateError(ConfigError):
    """A name that must be used once is used twice."""

    code = "E_CONFIG_DUPLICATE"
    en = "{key}: {found} is used twice; it must be {limit}; rename one of the two"
    zh = "{key}：{found} 重复使用；必须为 {limit}；请修改其中之一"


class ConfigReferenceError(ConfigError):
    """A name that refers to nothing: a profile, a channel, a parameter."""

    code = "E_CONFIG_REFERENCE"
    en = "{key}: '{found}' does not exist; it must be {limit}; did you mean: {nearest}?"
    zh = "{key}：'{found}' 不存在；必须为 {limit}；您是否要找：{nearest}？"


class ConfigExchangeError(ConfigError):
    """The meter exchanges of a device do not follow each other."""

    code = "E_CONFIG_EXCHANGE"
    en = "{key}: {found}; it must be {limit}; compare the exchange's record"
    zh = "{key}：{found}；必须为 {limit}；请核对换表记录"


class ConfigProfileError(ConfigError):
    """A profile was found, and cannot be used for this device."""

    code = "E_CONFIG_PROFILE"
    en = "{key}: {found}; it must be {limit}; correct the profile, or choose other channels"
    zh = "{key}：{found}；必须为 {limit}；请更正设备配置文件或选择其他通道"


class ConfigCalibrationError(ConfigError):
    """A certificate or a confirmation cannot be used."""

    code = "E_CONFIG_CALIBRATION"
    en = "{key}: {found}; it must be {limit}; correct the file in the calibration directory"
    zh = "{key}：{found}；必须为 {limit}；请更正校准目录中的文件"


class ConfigCollectorKeyError(ConfigError):
    """The collector's key is not pinned, or is not a key."""

    code = "E_CONFIG_COLLECTOR_KEY"
    en = "{key}: {found}; it must be {limit}; paste the line `carbonmeter collector init` printed"
    zh = "{key}：{found}；必须为 {limit}；请粘贴 `carbonmeter collector init` 打印的那一行"


class ConfigDocumentError(ConfigError):
    """A file that must travel is too large to travel in one message."""

    code = "E_CONFIG_DOCUMENT_SIZE"
    en = "{key}: {found} bytes as a message; it must be {limit}; remove comments or split it"
    zh = "{key}：作为消息为 {found} 字节；必须为 {limit}；请删除注释或拆分文件"
