"""Errors of this room: a stable code, what, where, which limit, what to do, in two languages."""

from evidence.errors import CodedError


class SimulatorError(CodedError):
    """Something is wrong with a scenario, a recording or a simulated instrument."""

    code = "E_SIM"


class SimulationRangeError(SimulatorError):
    """A number of the simulation lies outside what it can be."""

    code = "E_SIM_RANGE"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 的值为 {value}；必须满足 {limit}"


class CsvFileError(SimulatorError):
    """The file cannot be read at all."""

    code = "E_CSV_FILE"
    en = "cannot read the file ({what}); give the path of a readable CSV file"
    zh = "无法读取文件（{what}）；请给出可读的 CSV 文件路径"


class CsvSizeError(SimulatorError):
    """The file is larger than a recording may be."""

    code = "E_CSV_SIZE"
    en = "the file has {found}; at most {limit} are read; split it"
    zh = "文件为 {found}；最多读取 {limit}；请拆分文件"


class CsvEncodingError(SimulatorError):
    """Bytes that are not UTF-8."""

    code = "E_CSV_ENCODING"
    en = (
        "line {line}: bytes are not UTF-8 ({what}); "
        "save the whole file as UTF-8, with or without BOM"
    )
    zh = "第 {line} 行：字节不是 UTF-8（{what}）；请将整个文件另存为 UTF-8（可带 BOM）"


class CsvColumnError(SimulatorError):
    """A column that the header does not name, or names twice."""

    code = "E_CSV_COLUMN"
    en = (
        "column '{column}' stands {found} times in the header; it must stand once; columns: {known}"
    )
    zh = "表头中列 '{column}' 出现 {found} 次；必须恰好一次；现有列：{known}"


class CsvRowError(SimulatorError):
    """A row that has not as many cells as the header, or broken quotes."""

    code = "E_CSV_ROW"
    en = "line {line}: {what}; each row needs {limit}; repair or delete the row"
    zh = "第 {line} 行：{what}；每行需要 {limit}；请修正或删除该行"


class CsvEmptyError(SimulatorError):
    """A file without rows."""

    code = "E_CSV_EMPTY"
    en = "no {what}; a header line and at least 1 row are needed"
    zh = "没有 {what}；需要一行表头和至少一行数据"


class CsvTimeError(SimulatorError):
    """A stamp that is not a time in a form known here."""

    code = "E_CSV_TIME"
    en = (
        "line {line}, column '{column}': '{cell}' is not a time; "
        "write {limit}; or convert the column to ISO 8601"
    )
    zh = "第 {line} 行，列 '{column}'：'{cell}' 不是时间；请使用 {limit}；或转换为 ISO 8601"


class CsvNumberError(SimulatorError):
    """A cell that is not a finite number."""

    code = "E_CSV_NUMBER"
    en = (
        "line {line}, column '{column}': '{cell}' is not a number; "
        "write {limit}; delete the row and its gap will be named"
    )
    zh = "第 {line} 行，列 '{column}'：'{cell}' 不是数值；请填写 {limit}；如删除该行将提示缺口"


class CsvFormulaError(SimulatorError):
    """A cell that holds a spreadsheet formula."""

    code = "E_CSV_FORMULA"
    en = (
        "line {line}, column '{column}': '{cell}' is a formula; only {limit} are read; "
        "paste the values and save again"
    )
    zh = "第 {line} 行，列 '{column}'：'{cell}' 是公式；只读取 {limit}；请粘贴为数值后重新保存"


class CsvNegativeError(SimulatorError):
    """An increment below zero."""

    code = "E_CSV_NEGATIVE"
    en = (
        "line {line}, column '{column}': increment {cell} is negative; the limit is {limit}; "
        "put the reverse flow into a column of its own"
    )
    zh = "第 {line} 行，列 '{column}'：增量 {cell} 为负；限值为 {limit}；请将反向量单独成列"


class CsvOrderError(SimulatorError):
    """A row that ends before the row above it."""

    code = "E_CSV_ORDER"
    en = (
        "line {line}, column '{column}': '{cell}' ends before the row above it; "
        "ends must rise by {limit}; sort the rows by time"
    )
    zh = "第 {line} 行，列 '{column}'：'{cell}' 早于上一行；时间须逐行递增 {limit}；请按时间排序"


class CsvDuplicateError(SimulatorError):
    """Two rows that end at one instant."""

    code = "E_CSV_DUPLICATE"
    en = (
        "line {line}, column '{column}': '{cell}' ends when the row above it ends; "
        "ends must rise by {limit}; delete one of the two"
    )
    zh = (
        "第 {line} 行，列 '{column}'：'{cell}' 与上一行时间相同；时间须逐行递增 {limit}；请删除其一"
    )


class CsvGapError(SimulatorError):
    """Rows are missing, or the interval is not the one that was stated."""

    code = "E_CSV_GAP"
    en = (
        "line {line}, column '{column}': '{cell}' ends {found} after the row above it; "
        "ends must rise by {limit}; add the missing rows or state the right interval"
    )
    zh = (
        "第 {line} 行，列 '{column}'：'{cell}' 比上一行晚 {found}；时间须逐行递增 {limit}；"
        "请补齐缺行或更正区间长度"
    )


class ScenarioFileError(SimulatorError):
    """A scenario file that cannot be read or is no TOML."""

    code = "E_SCENARIO_FILE"
    en = "{what}; give the path of a TOML file in UTF-8"
    zh = "{what}；请给出 UTF-8 编码的 TOML 文件路径"


class ScenarioFormError(SimulatorError):
    """A scenario that does not follow the form."""

    code = "E_SCENARIO_FORM"
    en = "{what}; see docs/reference/scenarios.md for the keys and their ranges"
    zh = "{what}；键名及取值范围见 docs/reference/scenarios.md"


class ScenarioReferenceError(SimulatorError):
    """A scenario names something that it does not define."""

    code = "E_SCENARIO_REFERENCE"
    en = "{kind} '{name}' is not defined; defined are: {known}; define it or correct the name"
    zh = "{kind} '{name}' 未定义；已定义：{known}；请补充定义或更正名称"


class ScenarioTwiceError(SimulatorError):
    """Two things of a scenario claim one name or one address."""

    code = "E_SCENARIO_TWICE"
    en = "{kind} '{name}' is given twice; it must be given once; rename one of the two"
    zh = "{kind} '{name}' 重复；只能出现一次；请更改其中之一"


class ScenarioServeError(SimulatorError):
    """A scenario cannot be served."""

    code = "E_SCENARIO_SERVE"
    en = "{what}; {remedy}"
    zh = "{what}；{remedy}"


class FaultPlaceError(SimulatorError):
    """A fault that could never be seen where it is planned."""

    code = "E_SIM_FAULT"
    en = "fault '{kind}' {what}; choose another fault, or another line"
    zh = "故障 '{kind}' 在此处不会生效（{what}）；请选择其他故障或其他线路"


class ControlError(SimulatorError):
    """A line that asks for faults at run time and cannot be followed; nothing is changed."""

    code = "E_SIM_CONTROL"
    en = '{what}; write one line like {{"serial": "...", "faults": [{{"kind": "silence"}}]}}'
    zh = '{what}；请写一行，例如 {{"serial": "...", "faults": [{{"kind": "silence"}}]}}'
