"""Modbus on a line of bytes, in RTU and in ASCII, as profiles need it.

A simulated device answers reads of registers that its profile declares; a read that holds none
of them is refused with exception 2, like one of registers that it does not have.
"""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Final

from device_profiles.conversation import Conversation
from device_profiles.dialect import LineDialect
from device_profiles.errors import ProfileError
from device_profiles.identity import ObjectsRequest
from device_profiles.item_errors import DeviceAddressError, DeviceRefusesError, NoSuchItemError
from device_profiles.modbus import answer, ask
from device_profiles.modbus.errors import IllegalRequestError
from device_profiles.modbus.pdu import ExceptionAnswer, ReadAnswer, answering, request_of
from device_profiles.phrase import Words
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile
from device_profiles.wire_errors import WireError

_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS, _FAILURE = 1, 2, 4
_LAST_UNIT: Final = 255


def _unit(profile: ModbusProfile, address: str) -> int:
    return int(address) if address else profile.modbus.unit_id


def _check_address(profile: ModbusProfile, address: str) -> None:
    if address and not (address.isdecimal() and 1 <= int(address) <= _LAST_UNIT):
        limit = Words("a unit id, 1..255", "单元标识，1..255")
        raise DeviceAddressError(profile.id, key="address", found=address, limit=limit)


def _ask(
    framing: ask.Framing, profile: ModbusProfile, address: str, request: Hashable
) -> Conversation:
    unit = _unit(profile, address)
    if isinstance(request, ObjectsRequest):
        return ask.identification(framing, unit, profile.id, request.code)
    if not isinstance(request, ReadRequest):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("a read", "读请求")
        )
    return ask.read(framing, unit, request, profile.id)


def _answer(
    framing: answer.Framing,
    profile: ModbusProfile,
    address: str,
    heard: bytes,
    content: Callable[[Hashable], bytes],
) -> bytes | None:
    try:
        asked = framing.unframe(heard, profile.id)
    except WireError:
        return None
    if asked.unit != _unit(profile, address):
        return None
    return answer.reply(framing, asked, _pdu(asked.pdu, profile, content))


def _pdu(asked: bytes, profile: ModbusProfile, content: Callable[[Hashable], bytes]) -> bytes:
    function = asked[0] if asked else 0
    try:
        request = request_of(asked, profile.id)
        if not isinstance(request, ReadRequest):
            return _exception(function, _ILLEGAL_FUNCTION)
        return answering(ReadAnswer(function=function, data=content(request)))
    except IllegalRequestError as wrong:
        return _exception(function, wrong.exception_code)
    except NoSuchItemError:
        return _exception(function, _ILLEGAL_ADDRESS)
    except DeviceRefusesError as wrong:
        return _exception(function, wrong.refusal_code)
    except ProfileError:
        return _exception(function, _FAILURE)


def _exception(function: int, code: int) -> bytes:
    return answering(ExceptionAnswer(function=function, exception_code=code))


MODBUS_RTU: Final = LineDialect(
    ask=partial(_ask, ask.RTU),
    cut_request=answer.RTU.cut,
    device=lambda profile, address: partial(_answer, answer.RTU, profile, address),
    check_address=_check_address,
    lone_address="",
)
MODBUS_ASCII: Final = LineDialect(
    ask=partial(_ask, ask.ASCII),
    cut_request=answer.ASCII.cut,
    device=lambda profile, address: partial(_answer, answer.ASCII, profile, address),
    check_address=_check_address,
    lone_address="",
)
