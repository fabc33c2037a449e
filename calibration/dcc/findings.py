"""Findings: what a reader of a certificate must know, told in English and Chinese."""

from types import MappingProxyType
from typing import Final

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a document that a person must weigh.

    Args:
        code: stable, F_DCC_...
        path: of the element in the document; empty for the document as a whole.
        en, zh: what was found, and what to do.
    """

    code: str
    path: str
    en: str
    zh: str


def finding(code: str, path: str = "", **facts: object) -> Finding:
    """The finding `code` with its texts filled from `facts`."""
    en, zh = TEXTS[code]
    return Finding(code=code, path=path, en=en.format(**facts), zh=zh.format(**facts))


TEXTS: Final = MappingProxyType(
    {
        # the document
        "F_DCC_NO_SCHEMA": (
            (
                "not checked against the schema of DCC {version}, only its structure "
                "(on the command line: --schema)"
            ),
            "未按 DCC {version} 模式校验，仅检查了结构（命令行可用 --schema 校验）",
        ),
        "F_DCC_DATES": (
            "the calibration ended on {end}, before it began on {begin}",
            "校准结束日期 {end} 早于开始日期 {begin}",
        ),
        "F_DCC_REF_ID": (
            "refId '{found}' leads to no id of the document",
            "refId '{found}' 在文档中没有对应的 id",
        ),
        "F_DCC_LANGUAGE": (
            "texts are given in [{found}]; the document declares [{declared}], each once",
            "文本语言为 [{found}]；文档声明的语言为 [{declared}]，每种应出现一次",
        ),
        "F_DCC_REF_TYPE": (
            "the refType '{found}' is not known here; what it marks is kept as said",
            "未知的 refType '{found}'；其内容按原样保留",
        ),
        "F_DCC_MORE": (
            "{count} more findings are not listed",
            "另有 {count} 个发现项未列出",
        ),
        # signatures
        "F_DCC_UNSIGNED": (
            "the document is not signed: anybody may have written it",
            "文档未签名：任何人都可能编写了它",
        ),
        "F_DCC_TRUST_NOT_ASKED": (
            "signature {number} is intact; if '{signer}' can be trusted was not asked: use --trust",
            "第 {number} 个签名完整；未检查签名者 '{signer}' 是否可信：请使用 --trust",
        ),
        "F_DCC_TRUST_NO_CERTIFICATE": (
            "signature {number} is intact, but holds a bare key: anybody may have signed",
            "第 {number} 个签名完整，但仅含裸密钥：任何人都可能签名",
        ),
        "F_DCC_TRUST_CHAIN": (
            "signature {number} is intact; no chain valid on {at} leads from '{signer}' to trust",
            "第 {number} 个签名完整；在 {at}，没有从 '{signer}' 到受信任证书的有效证书链",
        ),
        "F_DCC_SIGNER_EXPIRED": (
            "'{signer}' expired on {ended}, before {at}; that it signed before is its own word",
            "'{signer}' 的证书已于 {ended} 到期，早于 {at}；签名时间仅为签名者自述",
        ),
        "F_DCC_SIGNED_LATER": (
            "signature {number} claims {at}, later than --recorded-at; judged as of the latter",
            "第 {number} 个签名声称的时间 {at} 晚于 --recorded-at；按后者判断",
        ),
        "F_DCC_COUNTER_SIGNATURE": (
            "a signature within signature {number} was not checked",
            "第 {number} 个签名内嵌的签名未被检查",
        ),
        "F_DCC_TRANSCRIPTION": (
            "an unsigned transcription of '{identifier}' (SHA-256 {sha256}); ask for the original",
            "'{identifier}' 的未签名转录件（SHA-256 {sha256}）；请索取原件",
        ),
        # administrative data
        "F_DCC_ID": (
            "the identifier '{found}' is written as the id '{id}'",
            "标识 '{found}' 写作 id '{id}'",
        ),
        "F_DCC_ITEMS": (
            "{count} items are calibrated; choose one by --item: {serials}",
            "证书包含 {count} 个校准对象；请用 --item 选择：{serials}",
        ),
        "F_DCC_ITEM_RESULT": (
            "the result names no item by refId; it was not taken for '{serial}'",
            "该结果未用 refId 指明对象；未用于 '{serial}'",
        ),
        "F_DCC_SERIAL": (
            "the item has no serial number of its manufacturer; '{found}' stands for it",
            "该对象没有制造商编号；以 '{found}' 代替",
        ),
        "F_DCC_REPLACES": (
            "this certificate is '{change}' for '{identifier}', which must not be used any more",
            "本证书为 '{identifier}' 的 '{change}'，原证书不得再使用",
        ),
        "F_DCC_STATEMENT": (
            "the certificate states '{found}'; weigh it, it is kept in the transcription only",
            "证书声明 '{found}'；请判断，其仅保留在转录内容中",
        ),
        "F_DCC_RECALIBRATION": (
            "recalibration is due on {found}: put it into the confirmation as due_on",
            "再校准日期为 {found}：请写入计量确认的 due_on",
        ),
        "F_DCC_STANDARD": (
            "the standard '{found}' is named without its certificate",
            "标准器 '{found}' 未注明其证书",
        ),
        "F_DCC_EQUIPMENT": (
            "whether '{found}' is a standard is not said; it is not taken as one",
            "未说明 '{found}' 是否为标准器；未按标准器处理",
        ),
        # results
        "F_DCC_KEPT": (
            "'{found}' has no place in the certificate; it is kept in the transcription only",
            "'{found}' 在证书中没有位置；仅保留在转录内容中",
        ),
        "F_DCC_UNIT": (
            "the unit '{found}' is not in the table; the quantity is kept as said",
            "单位 '{found}' 不在单位表中；该量按原样保留",
        ),
        "F_DCC_COLUMN_LENGTH": (
            "the columns have {found} values; points need as many in each",
            "各列数值个数为 {found}；各列个数必须相同",
        ),
        "F_DCC_NO_UNCERTAINTY": (
            "no uncertainty is stated for these values; a point needs U and k",
            "未给出这些值的不确定度；校准点需要 U 和 k",
        ),
        "F_DCC_WHOSE_UNCERTAINTY": (
            "reference and measured value state an uncertainty, their difference does not",
            "参考值和测得值各有不确定度，但其差值没有",
        ),
        "F_DCC_UNCERTAINTY_TAKEN": (
            "U of '{found}' is taken as U of the difference",
            "以 '{found}' 的 U 作为差值的 U",
        ),
        "F_DCC_COVERAGE_INTERVAL": (
            "the coverage interval is kept as said; u is taken, with k = 1",
            "包含区间按原样保留；采用 u，k = 1",
        ),
        "F_DCC_KIND": (
            "the unit '{found}' may belong to {kinds}; choose by --kind",
            "单位 '{found}' 可能属于 {kinds}；请用 --kind 选择",
        ),
        "F_DCC_INCONSISTENT": (
            "at {at} indication - error is taken; the reference differs by {found}, over U/10",
            "在 {at} 处采用“示值 - 示值误差”；参考值与其相差 {found}，超过 U/10",
        ),
        "F_DCC_RELATIVE": (
            "the ratio is taken as (indication - reference)/reference",
            "该比值按（示值 - 参考值）/参考值 处理",
        ),
        "F_DCC_REPEATED": (
            "several points stand at {at}; a function has one value there: not taken",
            "在 {at} 处有多个点；函数在此只能有一个值：未采用",
        ),
        "F_DCC_INTERVAL": (
            "no validity range is stated; the measuring interval is that of the points",
            "未给出有效范围；测量区间取自校准点",
        ),
        "F_DCC_NO_INTERVAL": (
            "a single point and no validity range: there is no measuring interval",
            "只有一个点且没有有效范围：无测量区间",
        ),
        "F_DCC_OUTSIDE": (
            "points lie outside the stated validity range {found}",
            "有校准点位于声明的有效范围 {found} 之外",
        ),
        "F_DCC_SEVERAL": (
            "{count} results stand for {kind}, {condition}; name the channel of each to apply it",
            "{kind}（{condition}）有 {count} 个结果；为每个结果填写通道名后方可应用",
        ),
        "F_DCC_STATE": (
            "whether this was found before or after an adjustment is not said; as_left is assumed",
            "未说明该结果为调整前还是调整后；假定为 as_left（调整后）",
        ),
        "F_DCC_STATUS": (
            "conditions before and after adjustment are both stated; as_left is assumed",
            "同时声明了调整前和调整后的条件；假定为 as_left",
        ),
        "F_DCC_COLUMNS": (
            "the table has several columns for '{found}'; which belong together is not said",
            "表中有多个 '{found}' 列；未说明对应关系",
        ),
        "F_DCC_COVARIANCE": (
            "the covariances are kept as said: {found}",
            "协方差按原样保留：{found}",
        ),
        "F_DCC_REFUSED": (
            "what was found makes no calibration result: {found}",
            "所得内容不构成校准结果：{found}",
        ),
        "F_DCC_NO_RESULTS": (
            "no result could be taken into the certificate",
            "没有任何结果可纳入证书",
        ),
    }
)
