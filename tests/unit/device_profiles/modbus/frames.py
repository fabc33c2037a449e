"""What the tests of Modbus frames share: drawn PDUs, and a line to hold a conversation on."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from hypothesis import strategies as st

from device_profiles.conversation import Conversation
from device_profiles.modbus.identification import (
    IdentificationAnswer,
    IdentificationRequest,
    ServerIdAnswer,
    ServerIdRequest,
    joined_objects,
)
from device_profiles.modbus.pdu import (
    READ_LIMITS,
    Adu,
    Answer,
    ExceptionAnswer,
    Opaque,
    ReadAnswer,
    Request,
)
from device_profiles.plan import ReadRequest
from device_profiles.scalars import FunctionCode

FUNCTIONS: tuple[FunctionCode, ...] = (1, 2, 3, 4)
CARRIED = sorted(set(range(1, 0x80)) - {1, 2, 3, 4, 17, 43})


@st.composite
def reads(draw: st.DrawFn) -> ReadRequest:
    function: FunctionCode = draw(st.sampled_from(FUNCTIONS))
    count = draw(st.integers(1, READ_LIMITS[function]))
    address = draw(st.integers(0, 0x10000 - count))
    return ReadRequest(function=function, address=address, count=count)


def read_answers() -> st.SearchStrategy[ReadAnswer]:
    bits = st.builds(
        ReadAnswer, function=st.sampled_from((1, 2)), data=st.binary(min_size=1, max_size=250)
    )
    registers = st.builds(
        ReadAnswer,
        function=st.sampled_from((3, 4)),
        data=st.binary(min_size=1, max_size=125).map(lambda half: half + half),
    )
    return bits | registers


opaque = st.builds(Opaque, function=st.sampled_from(CARRIED), data=st.binary(max_size=252))
objects = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=60)), max_size=4).map(tuple)
identifications = st.builds(
    IdentificationAnswer,
    code=st.integers(1, 4),
    conformity=st.integers(0, 255),
    next_object=st.none() | st.integers(0, 255),
    objects=objects.filter(lambda each: len(joined_objects(each)) < 240),
)
requests: st.SearchStrategy[Request] = (
    reads()
    | st.builds(IdentificationRequest, code=st.integers(1, 4), first_object=st.integers(0, 255))
    | st.just(ServerIdRequest())
    | opaque
)
answers: st.SearchStrategy[Answer] = (
    read_answers()
    | identifications
    | st.builds(ServerIdAnswer, data=st.binary(max_size=251))
    | st.builds(ExceptionAnswer, function=st.integers(1, 0x7F), exception_code=st.integers(0, 255))
    | opaque
)
adus = st.builds(Adu, unit=st.integers(0, 255), pdu=st.binary(min_size=1, max_size=253))


class Silence(Exception):  # noqa: N818 - what a line does, as its owner sees it
    """Nothing more comes."""


def held(talk: Conversation, line: Callable[[bytes], Iterable[bytes]]) -> bytes:
    """The outcome of a conversation on a line that says what comes back to what is sent."""
    step, received = next(talk), b""
    coming: Iterator[bytes] = iter(())
    while True:
        if step.sends:
            coming = chain(coming, line(step.sends))
        while (whole := step.cut(received)) is None:
            more = next(coming, None)
            if more is None:
                talk.close()
                raise Silence
            received += more
        received = whole.rest
        try:
            step = talk.send(whole.frame)
        except StopIteration as end:
            return bytes(end.value)


def by_bytes(content: bytes) -> Iterator[bytes]:
    """Each byte by itself, as a slow line brings them."""
    return (content[place : place + 1] for place in range(len(content)))
