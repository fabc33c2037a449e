"""Why a declaration is not taken, or not understood; two languages."""

from evidence.errors import EvidenceError


class DeclarationError(EvidenceError):
    """What people declare of activity data is not what was asked for."""

    code = "E_DECLARATION"


class DeclarationValueError(DeclarationError):
    """A field of a declaration has a value that it cannot have."""

    code = "E_DECLARATION_VALUE"
    en = "{what}; it must be {limit}; correct it and declare it again"
    zh = "{what}；须为 {limit}；请更正后重新声明"


class DeclarationChangedError(DeclarationError):
    """Somebody declared something else since it was looked at."""

    code = "E_DECLARATION_CHANGED"
    en = (
        "its last entry in the journal is {found}, not {expected}: somebody changed it meanwhile; "
        "look at it again, and declare or withdraw it then"
    )
    zh = "其最新日志记录为 {found}，而非 {expected}：期间有人改动；请重新查看后再声明或撤回"


class DeclarationUnreadError(DeclarationError):
    """An entry of the journal that declares something is not understood by this version."""

    code = "E_DECLARATION_UNREAD"
    en = "entry {entry} of the journal is not understood here; install the version that wrote it"
    zh = "此处无法理解日志记录 {entry}；请安装写入它的版本"
