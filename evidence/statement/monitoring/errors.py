"""Errors of monitored periods."""

from evidence.errors import EvidenceError


class MonitoredError(EvidenceError):
    """A period cannot be told under its monitoring plan."""

    code = "E_MONITORED"


class RulesUnknownError(MonitoredError):
    """A plan names rules, a scheme or limits that do not come with the package."""

    code = "E_MONITORED_RULES"
    en = "there is no {kind} '{found}'; name one of: {limit}"
    zh = "没有名为 '{found}' 的{kind}；可用：{limit}"


class NoPlanError(MonitoredError):
    """No plan says by which rules a channel is told at the beginning of a period."""

    code = "E_MONITORED_NO_PLAN"
    en = "no monitoring plan holds at {at}; log one that is effective from then or before"
    zh = "{at} 没有生效的监测计划；请登记一份自该时刻或更早生效的计划"


class PlanChangesError(MonitoredError):
    """Another plan begins within a period."""

    code = "E_MONITORED_PLAN_CHANGES"
    en = "another monitoring plan begins at {at}; ask for the time before and after it"
    zh = "自 {at} 起适用另一份监测计划；请分别查询其前后时段"


class NoDerivationError(MonitoredError):
    """A plan tells a channel by its inputs, and nothing says which they are."""

    code = "E_MONITORED_NO_DERIVATION"
    en = "the plan has no quantity, and at {at} nothing says how it is computed; log a derivation"
    zh = "监测计划未给出 quantity，且 {at} 没有说明该通道如何计算；请登记其推导文件"


class NoPlannedInputError(MonitoredError):
    """A plan tells a channel by its inputs, and none of them has a plan."""

    code = "E_MONITORED_NO_INPUT"
    en = "none of its inputs has a monitoring plan: {found}; log one for those that rules speak of"
    zh = "其输入均没有监测计划：{found}；请为规则所涉及的输入登记计划"


class NoHoursError(MonitoredError):
    """No hour of a channel that rules can be applied to was received."""

    code = "E_MONITORED_NO_HOURS"
    en = "no hour was received by {at}; rules are for rates, amounts of intervals and contents"
    zh = "截至 {at} 没有收到小时数据；规则适用于流量、区间量与浓度通道"


class NoAmountError(MonitoredError):
    """What plans tell of a period are no amounts of one unit, and a statement is of an amount."""

    code = "E_MONITORED_NO_AMOUNT"
    en = "the plans tell {found}, which is no amount of one unit; a statement carries amounts only"
    zh = "监测计划给出的是 {found}，不是同一单位的量；陈述只包含量"
