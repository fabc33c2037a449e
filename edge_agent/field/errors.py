"""Errors of the field tools: a stable code, what, where, and what to do, in two languages."""

from evidence.errors import CodedError


class FieldError(CodedError):
    """Something keeps a field tool from doing what was asked."""

    code = "E_FIELD"


class UsageError(FieldError):
    """What was asked for contradicts itself, or breaks a limit."""

    code = "E_FIELD_USAGE"
    en = "'{found}': it must be {limit}"
    zh = "'{found}'：必须为 {limit}"


class FieldFileError(FieldError):
    """A file cannot be read or written."""

    code = "E_FIELD_FILE"
    en = "the file cannot be used: {found}; check path, rights and room"
    zh = "文件不可用：{found}；请检查路径、权限和剩余空间"


class DumpFormError(FieldError):
    """A file is no dump of registers."""

    code = "E_FIELD_DUMP"
    en = "this is no dump of registers: {found}; give a file that `carbonmeter dump` wrote"
    zh = "这不是寄存器转储：{found}；请提供由 `carbonmeter dump` 写出的文件"
