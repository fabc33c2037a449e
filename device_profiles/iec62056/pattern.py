"""How the messages of IEC 62056-21 look, byte by byte."""

import re
from typing import Final

SOH: Final = b"\x01"
STX: Final = b"\x02"
ETX: Final = b"\x03"
ACK: Final = b"\x06"
NAK: Final = b"\x15"

SIGN_ON: Final = re.compile(rb"/\?(?P<address>[0-9A-Za-z ]{0,32})!\r\n")
IDENTIFICATION: Final = re.compile(
    rb"/(?P<maker>[A-Za-z]{3})(?P<baud>[0-9A-Z])(?P<text>[ -.0-~]{0,32})\r\n"
)
OPTION: Final = re.compile(rb"\x06(?P<v>[0-9])(?P<z>[0-9A-Z])(?P<y>[0-9A-Z])\r\n")
COMMAND: Final = re.compile(rb"(?P<code>[PWREB][0-9])(?:\x02(?P<data>[ -~\r\n]+))?")
TEXT: Final = re.compile(rb"[ -~\r\n]*")

ANY_START: Final = re.compile(rb"[\x01\x02\x06\x15/]")
LINE_START: Final = re.compile(rb"[\x06\x15/]")
CHECKED_START: Final = re.compile(rb"[\x01\x02\x15]")
LINE: Final = re.compile(rb"(?:/[ -~]{0,40}|\x06[0-9A-Z]{0,3})(?P<end>\r\n)?")
"""A message without a check, as far as it has come."""
CHECKED: Final = re.compile(rb"\x02[ -~\r\n]*|\x01(?:[PWREB](?:[0-9](?:\x02[ -~\r\n]*)?)?)?")
"""A block or command up to its ETX, as far as it is right."""
