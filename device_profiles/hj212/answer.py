"""What must be answered to a packet, on both sides (clause 6.5).

An answer repeats QN, PW and MN of what it answers, has ST=91 and Flag=4, and wants none itself.
Each part of a divided message is answered for itself (C.50).
"""

from dataclasses import replace

from device_profiles.hj212.load import commands
from device_profiles.hj212.segment import Segment, unwritable


def centre_answer(segment: Segment) -> Segment | None:
    """What a monitoring centre answers to a packet from a site; None where it is silent.

    Uploads get 9014 and notices 9013, where bit A of Flag asks for it. A data command (2000 to
    2999, clause 6.6.5.1) that no table names counts as an upload: its bytes were received. There
    is no answer to answers, to packets without Flag (2005 style) and to those without a QN that
    could be repeated.
    """
    known = commands().get(segment.cn)
    kind = known.up if known else "upload" if segment.cn.startswith("2") else "none"
    return _wanted(segment, {"upload": "9014", "notice": "9013"}.get(kind))


def site_answer(segment: Segment) -> Segment | None:
    """What a site answers at once to a notice from the centre (2012, 2022); else None.

    Requests are answered by `request_answer` and, when they are executed, `execution_result`.
    """
    known = commands().get(segment.cn)
    return _wanted(segment, "9013" if known and known.down == "notice" else None)


def request_answer(request: Segment, qn_rtn: int) -> Segment:
    """9011, by which a site says whether it executes `request`; code of table 7."""
    return _answer(request, "9011", b"QnRtn=%d" % qn_rtn)


def execution_result(request: Segment, exe_rtn: int) -> Segment:
    """9012, by which a site says how `request` ended; code of table 6."""
    return _answer(request, "9012", b"ExeRtn=%d" % exe_rtn)


def _wanted(segment: Segment, command: str | None) -> Segment | None:
    if command is None or not segment.answer_wanted or segment.qn is None:
        return None
    answer = _answer(segment, command, b"")
    return None if unwritable(answer) else answer


def _answer(segment: Segment, command: str, content: bytes) -> Segment:
    return replace(
        segment,
        st="91",
        cn=command,
        pw=segment.pw or "",
        mn=segment.mn or "",
        flag=4,
        pnum=None,
        pno=None,
        content=content,
        others=(),
        findings=(),
    )
