"""Why a boundary is not taken, or gives no sum; two languages."""

from evidence.errors import EvidenceError


class BoundaryError(EvidenceError):
    """A saved boundary does not answer what was asked of it."""

    code = "E_BOUNDARY"


class BoundaryValueError(BoundaryError):
    """A field of a boundary is missing, or has a value that it cannot have."""

    code = "E_BOUNDARY_VALUE"
    en = "{what}; it must be {limit}; correct it and save the boundary again"
    zh = "{what}；须为 {limit}；请更正后重新保存边界"


class BoundarySiteError(BoundaryError):
    """A boundary of one site has a channel of another."""

    code = "E_BOUNDARY_SITE"
    en = "'{channel}' is not of the site '{site}'; a boundary has channels of its own site alone"
    zh = "'{channel}' 不属于厂区 '{site}'；边界只能包含本厂区的通道"


class BoundaryWithdrawnError(BoundaryError):
    """A boundary was withdrawn."""

    code = "E_BOUNDARY_WITHDRAWN"
    en = (
        "it was withdrawn by entry {entry} of the journal; choose another one, or ask with as_of "
        "for what was told before"
    )
    zh = "该边界已由日志记录 {entry} 撤回；请另选边界，或用 as_of 查询撤回之前的结果"


class BoundaryPeriodError(BoundaryError):
    """No version of a boundary holds for all of a period."""

    code = "E_BOUNDARY_PERIOD"
    en = "{what}; ask for a period {limit}"
    zh = "{what}；请查询 {limit} 的时段"


class BoundaryUnreadError(BoundaryError):
    """An entry of the journal about this boundary is not understood by this version."""

    code = "E_BOUNDARY_UNREAD"
    en = "entry {entry} of the journal is not understood here; install the version that wrote it"
    zh = "此处无法理解日志记录 {entry}；请安装写入它的版本"


class BoundaryChangedError(BoundaryError):
    """Somebody changed a boundary since it was looked at."""

    code = "E_BOUNDARY_CHANGED"
    en = (
        "its last entry in the journal is {found}, not {expected}: somebody changed it meanwhile; "
        "look at it again, and save or withdraw it then"
    )
    zh = "其最新日志记录为 {found}，而非 {expected}：期间有人改动；请重新查看后再保存或撤回"
