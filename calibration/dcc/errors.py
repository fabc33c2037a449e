"""What can be wrong with a digital calibration certificate: stable codes, twice told."""

from calibration.errors import CalibrationError


class DccError(CalibrationError):
    """A digital calibration certificate cannot be read, trusted or written."""

    code = "E_DCC"


class DccFileError(DccError):
    """A file or folder cannot be read or written."""

    code = "E_DCC_FILE"
    en = "the file cannot be used ({found}); it must be {limit}"
    zh = "无法使用该文件（{found}）；必须满足：{limit}"


class DccSizeError(DccError):
    """A document is larger than any certificate."""

    code = "E_DCC_SIZE"
    en = "the document has {found} {name}; at most {limit} are read; leave attachments out"
    zh = "文档包含 {found} {name}；至多读取 {limit}；请去除附件"


class DccSyntaxError(DccError):
    """The bytes are no XML of the plain kind that a DCC is."""

    code = "E_DCC_XML"
    en = "this is not XML that is read here: {found}; it must be {limit}"
    zh = "此处不读取该 XML：{found}；必须满足：{limit}"


class DccRootError(DccError):
    """The document is XML, and yet no DCC."""

    code = "E_DCC_ROOT"
    en = "the document begins with '{found}'; a DCC begins with '{limit}'"
    zh = "文档根元素为 '{found}'；DCC 的根元素必须是 '{limit}'"


class DccVersionError(DccError):
    """The document follows a version of the schema that is not read."""

    code = "E_DCC_VERSION"
    en = "schemaVersion is '{found}'; {limit} are read"
    zh = "schemaVersion 为 '{found}'；可读取的版本为 {limit}"


class DccMissingError(DccError):
    """An element without which a certificate says nothing is missing or empty."""

    code = "E_DCC_MISSING"
    en = "'{name}' is missing or empty; ask the laboratory for a complete certificate"
    zh = "缺少 '{name}' 或其为空；请向实验室索取完整证书"


class DccNumberError(DccError):
    """A number cannot be used."""

    code = "E_DCC_NUMBER"
    en = "'{name}' is {found}; it must be {limit}"
    zh = "'{name}' 为 {found}；必须满足 {limit}"


class DccDateError(DccError):
    """A text is no date or instant."""

    code = "E_DCC_DATE"
    en = "'{name}' is '{found}'; it must be {limit}"
    zh = "'{name}' 为 '{found}'；必须满足 {limit}"


class DccLengthError(DccError):
    """A list has another length than its values."""

    code = "E_DCC_LIST_LENGTH"
    en = "'{name}' has {found} entries; it must have {limit}"
    zh = "'{name}' 有 {found} 项；必须有 {limit} 项"


class DccUnitError(DccError):
    """A unit cannot be written in D-SI, or not be read as one."""

    code = "E_DCC_UNIT"
    en = "the unit '{found}' has no counterpart; it must be one of {limit}"
    zh = "单位 '{found}' 没有对应单位；必须是：{limit}"


class DccSchemaError(DccError):
    """The document does not follow the schema of its version."""

    code = "E_DCC_SCHEMA"
    en = "the document breaks its schema {version} in {found} places; first: {first}"
    zh = "文档有 {found} 处违反模式 {version}；首处：{first}"


class DccSchemaFolderError(DccError):
    """The folder of schemas cannot serve."""

    code = "E_DCC_SCHEMA_FOLDER"
    en = "no usable schema of DCC {version}: {found}; the folder must hold it with its imports"
    zh = "没有可用的 DCC {version} 模式：{found}；文件夹必须包含该模式及其导入文件"


class DccManipulatedError(DccError):
    """What was signed is not what the document says now."""

    code = "E_DCC_MANIPULATED"
    en = "the signature does not fit the document ({found}): it was changed; ask for it again"
    zh = "签名与文档不符（{found}）：文档已被更改；请重新索取"


class DccSignatureError(DccError):
    """A signature is of a kind that proves nothing, or cannot be checked."""

    code = "E_DCC_SIGNATURE"
    en = "the signature cannot be accepted: {found}; it must be {limit}"
    zh = "无法接受该签名：{found}；必须满足：{limit}"


class DccWeakSignatureError(DccError):
    """A signature rests on an algorithm or a key that can be forged."""

    code = "E_DCC_SIGNATURE_WEAK"
    en = "the signature rests on {found}; it must rest on {limit}"
    zh = "签名基于 {found}；必须基于 {limit}"


class DccWrappedError(DccError):
    """A signature stands where it covers something else than what is read."""

    code = "E_DCC_SIGNATURE_WRAPPED"
    en = "{found}; a signature must stand below the root and cover all of the document"
    zh = "{found}；签名必须位于根元素之下并覆盖整个文档"


class DccExportError(DccError):
    """A certificate holds something that a DCC cannot say."""

    code = "E_DCC_EXPORT"
    en = "'{name}' is '{found}'; in a DCC it must be {limit}"
    zh = "'{name}' 为 '{found}'；在 DCC 中必须满足 {limit}"


class DccNothingError(DccError):
    """No certificate can be made of the document."""

    code = "E_DCC_NOTHING"
    en = "nothing was written: {found}; see the findings"
    zh = "未写入任何内容：{found}；请查看发现项"
