"""A site as packets name it."""

from dataclasses import dataclass

from device_profiles.hj212.segment import Segment, write_segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every packet from or to one data logger repeats.

    Attributes:
        st: the kind of system; 31 for flue gas.
        mn: the logger's identity; 24 characters 0-9 A-F by the standard.
        pw: its password; six characters by the standard.
    """

    st: str
    mn: str
    pw: str


def command(
    site: Site, cn: str, qn: str, content: bytes = b"", *, answer_wanted: bool = True
) -> Segment:
    """An undivided data segment of 2017 to or from `site`.

    Raises:
        ComposeError: the standard has no form for it.
    """
    segment = Segment(
        qn=qn,
        st=site.st,
        cn=cn,
        pw=site.pw,
        mn=site.mn,
        flag=4 | answer_wanted,
        content=content,
    )
    write_segment(segment)
    return segment
