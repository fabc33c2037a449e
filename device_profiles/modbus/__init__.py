"""Modbus frames, both ways and without a line: RTU, ASCII and TCP around one PDU."""
