"""Errors of monitoring plans and test records."""

from calibration.errors import CalibrationError


class MonitoringError(CalibrationError):
    """A monitoring plan or a test record does not do."""

    code = "E_MONITORING"


class PlanValueError(MonitoringError):
    """A value cannot be."""

    code = "E_PLAN_VALUE"
    en = "{name} = {found}; it must be {limit}; correct the document and record it again"
    zh = "{name} = {found}；应为 {limit}；请更正文件并重新登记"


class PlanConflictError(MonitoringError):
    """Two plans hold for one channel from one instant on."""

    code = "E_PLAN_CONFLICT"
    en = "two plans hold from {at}, recorded together; record the valid one again, later"
    zh = "自 {at} 起有两份同时登记的监测计划；请稍后重新登记有效的一份"


class TestRecordError(MonitoringError):
    """A test record does not say what it must."""

    code = "E_TEST_RECORD"
    en = "{what}; it must be {limit}; correct the record and log it again"
    zh = "{what}；应为 {limit}；请更正记录并重新登记"


class CylinderCertificateError(MonitoringError):
    """A plan cites a certificate of a gas that is not there."""

    code = "E_PLAN_CERTIFICATE"
    en = "certificate '{certificate}' is not in the register; add its file beside the plan"
    zh = "登记册中没有证书 '{certificate}'；请将其文件放在监测计划旁"


class PlanUnknownError(MonitoringError):
    """A plan names rules, a quantity, a scheme or limits that do not come with this software."""

    code = "E_PLAN_UNKNOWN"
    en = "{name} '{found}' is not known here; use one of: {limit}"
    zh = "此处没有 {name} '{found}'；可用：{limit}"


class ChecksUnplannedError(MonitoringError):
    """An analyser's automatic checks are asked for, and the plan has none."""

    code = "E_PLAN_CHECKS"
    en = "the plan names no automatic checks of it; add [analysers.checks] where it makes any"
    zh = "监测计划未列出其自动校验；如有，请补充 [analysers.checks]"
