"""What can be wrong with a list of points, each with its row and column."""

from device_profiles.errors import ProfileError


class PointsError(ProfileError):
    """Something in a list of points cannot become a channel.

    `where` names the file; `facts["key"]` the row (1 is the heading) and the column.
    """

    code = "E_POINTS"
    remedy_en = "correct the cell"
    remedy_zh = "请修正该单元格"


class TableError(PointsError):
    """The bytes are no table of text."""

    code = "E_POINTS_TABLE"
    en = "not a table: {why}"
    zh = "不是表格：{why}"
    remedy_en = "save it as CSV in UTF-8 (or GB18030), with a heading row"
    remedy_zh = "请另存为 UTF-8（或 GB18030）编码、带表头的 CSV"


class ColumnError(PointsError):
    """A column that must be there is not, or is there twice."""

    code = "E_POINTS_COLUMN"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "name one column so: {nearest}"
    remedy_zh = "请将一列命名为：{nearest}"


class CellError(PointsError):
    """A cell that says nothing, or nothing that is understood."""

    code = "E_POINTS_CELL"
    en = "'{found}' is not understood"
    zh = "无法理解 '{found}'"
    remedy_en = "write it as in: {nearest}"
    remedy_zh = "请按此填写：{nearest}"


class PointAddressError(PointsError):
    """An address that cannot be one of a frame."""

    code = "E_POINTS_ADDRESS"
    en = "'{found}' is no address here"
    zh = "'{found}' 不能作为此处的地址"
    remedy_en = "frame addresses count from 0; with --printed, 40001 or 1 is the first register"
    remedy_zh = "帧地址从 0 开始；使用 --printed 时 40001 或 1 为第一个寄存器"


class ConventionError(PointsError):
    """All addresses look printed, and nobody said whether they are."""

    code = "E_POINTS_CONVENTION"
    en = "all addresses lie from {found}, where printed numbers lie and frame addresses may"
    zh = "全部地址位于 {found}，可能是印刷编号，也可能是帧地址"
    remedy_en = "say which: --printed (40001 is address 0) or --frame (40001 is address 40001)"
    remedy_zh = "请说明：--printed（40001 即地址 0）或 --frame（40001 即地址 40001）"


class FunctionError(PointsError):
    """A printed number of one table, and a function code of another."""

    code = "E_POINTS_FUNCTION"
    en = "'{found}' contradicts the function of the row"
    zh = "'{found}' 与该行功能码矛盾"
    remedy_en = "4xxxx is function 3, 3xxxx is 4, 1xxxx is 2; correct one of the two"
    remedy_zh = "4xxxx 为功能码 3，3xxxx 为 4，1xxxx 为 2；请改正其一"


class KindError(PointsError):
    """Neither unit nor name tell which quantity it is."""

    code = "E_POINTS_KIND"
    en = "unit '{found}' and name do not tell the kind of quantity"
    zh = "由单位 '{found}' 和名称无法判断量的种类"
    remedy_en = "add a column 'kind of quantity', e.g. power_factor; drop rows of states and times"
    remedy_zh = "请增加“量的种类”列，如 power_factor；删除状态和时间行"


class UnsoundError(PointsError):
    """The channel that follows from a row has a finding of its own."""

    code = "E_POINTS_CHANNEL"
    en = "{what}"
    zh = "{what_zh}"


class PointsGuess(PointsError):  # noqa: N818 - told, never raised
    """Not wrong: what was assumed, or not used, so that a person can check it."""

    code = "N_POINTS"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "check it"
    remedy_zh = "请核对"
