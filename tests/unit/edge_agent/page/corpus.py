"""What strangers send to a port that speaks HTTP: heads that must be refused, with which status."""

from typing import Final

HOST: Final = b"Host: localhost\r\n"

REFUSED: Final[dict[str, tuple[bytes, int]]] = {
    "nothing but the end": (b"\r\n\r\n", 400),
    "no version": (b"GET /\r\n" + HOST + b"\r\n", 400),
    "no target": (b"GET HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "two blanks": (b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a blank in the target": (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a target without slash": (b"GET health.json HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "absolute form, as proxies have it": (b"GET http://a/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "lower case version": (b"GET / http/1.1\r\n" + HOST + b"\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST * 2 + b"\r\n", 400),
    "two tokens": (b"GET / HTTP/1.1\r\n" + HOST + b"Authorization: a\r\n" * 2 + b"\r\n", 400),
    "a folded field": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "a blank before the colon": (b"GET / HTTP/1.1\r\n" + HOST + b"X : a\r\n\r\n", 400),
    "a field without colon": (b"GET / HTTP/1.1\r\n" + HOST + b"X\r\n\r\n", 400),
    "a bare line feed": (b"GET / HTTP/1.1\n" + HOST + b"\r\n", 400),
    "a bare line feed in a field": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\nY: b\r\n\r\n", 400),
    "a zero byte": (b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a zero byte in a field": (b"GET / HTTP/1.1\r\n" + HOST + b"X: \x00\r\n\r\n", 400),
    "an escape sequence": (b"GET /\x1b[2J HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "too many fields": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 64 + b"\r\n", 400),
    "too many parameters": (b"GET /?" + b"a=1&" * 40 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xa5" * 64 + b"\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\n", 505),
    "HTTP/0.9 said": (b"GET / HTTP/0.9\r\n" + HOST + b"\r\n", 505),
    "a write": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n", 405),
    "an unknown method": (b"BREW /pot HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    "a tunnel": (b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405),
    "a body": (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\n", 413),
    "a length that is none": (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 413),
    "chunks": (b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n", 413),
    "a long target": (b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "a head that is too long": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
}
