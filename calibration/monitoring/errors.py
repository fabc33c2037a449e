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
