"""What outcomes and findings of performance tests say to people, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "pass": {
        "en": "the limits are met",
        "zh": "满足限值要求",
    },
    "adjust": {
        "en": "beyond the specification, within the limit of valid data: adjust the analyser",
        "zh": "超出技术指标，但数据仍有效：请调整分析仪",
    },
    "fail": {
        "en": "the limits are not met: find the cause, repair, and test again",
        "zh": "不满足限值要求：请查明原因、维修后重新测试",
    },
    "out_of_control": {
        "en": "out of control: data are not valid from here on until a test is passed",
        "zh": "失控：自此数据无效，直至测试合格",
    },
    "not_valid": {
        "en": "this is not a valid test; what is missing stands below",
        "zh": "该测试无效；缺少的内容见下",
    },
    "not_judged": {
        "en": "nothing was judged: name a pollutant",
        "zh": "未作判定：请指定污染物",
    },
    "in_control": {
        "en": "in control: leave the AMS alone",
        "zh": "受控：无需调整 AMS",
    },
    "warning": {
        "en": "a warning limit is exceeded once: watch the next reading",
        "zh": "首次超出警戒限：请关注下一次读数",
    },
    "adjust_drift": {
        "en": "the AMS has drifted: adjust it by the amount stated, and mark the row as adjusted",
        "zh": "AMS 已漂移：请按给出的量调整，并在该行标记 adjusted",
    },
    "precision_out_of_control": {
        "en": "the AMS has lost precision: repair it; an adjustment does not help",
        "zh": "AMS 精密度失控：请维修；调整无效",
    },
    "bias_found": {
        "en": "the analyser reads low: multiply its values by the bias adjustment factor",
        "zh": "分析仪示值偏低：其数据须乘以偏差调整系数",
    },
    "no_limit_met": {
        "en": "none of the alternative limits is met",
        "zh": "各备选限值均未满足",
    },
    "no_limit_applies": {
        "en": "no limit is given for such readings, or the mean reference is not > 0",
        "zh": "没有适用于该读数的限值，或参比均值不大于 0",
    },
    "too_few_runs": {
        "en": "fewer runs are used than the test needs",
        "zh": "采用的数据对少于测试要求",
    },
    "too_many_rejected": {
        "en": "more runs are rejected than the test allows",
        "zh": "舍弃的数据对多于测试允许",
    },
    "level_missing": {
        "en": "a level has no readings",
        "zh": "缺少某一浓度水平的读数",
    },
    "too_few_readings": {
        "en": "a level has fewer readings than the test needs",
        "zh": "某一浓度水平的读数少于测试要求",
    },
    "level_misplaced": {
        "en": "a gas does not lie where its level must, in percent of full scale",
        "zh": "标准气体浓度不在该水平应处的满量程百分比范围内",
    },
    "not_reached": {
        "en": "a run ends before the share of the change was reached",
        "zh": "某次测试结束前未达到规定的变化比例",
    },
    "too_few_pairs": {
        "en": "there are fewer parallel measurements than the standard asks for",
        "zh": "平行测量少于标准要求",
    },
    "too_few_days": {
        "en": "the measurements were spread over fewer days than the standard asks for",
        "zh": "测量天数少于标准要求",
    },
    "variability_too_large": {
        "en": "the differences scatter more than permitted: the AMS does not do for this limit",
        "zh": "差值的离散超出允许范围：该 AMS 不适用于此排放限值",
    },
    "bias_too_large": {
        "en": "the calibration function no longer holds: make a new QAL2",
        "zh": "校准函数不再有效：请重新进行 QAL2",
    },
    "unconfirmed": {
        "en": "limits or parameters of status K are recalled: confirm them in the standard",
        "zh": "状态为 K 的限值或参数为转述：请对照标准原文确认",
    },
}
