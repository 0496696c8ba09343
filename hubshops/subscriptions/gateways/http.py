"""Posting to an address that somebody else gave us, without being led astray.

The host's name is resolved once, refused when it leads to our own network, and the connection goes
to that very address, so that the name can't mean another one a moment later. Redirects are answers
like others; proxies of the environment are not asked.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS_A_STEP = 5.0  # connecting, or waiting for the next bytes
SECONDS_IN_ALL = 15.0
KEPT_OF_ANSWER = 500
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address behind an IPv6 one
# Nobody's on the open internet, though not every Python says so.
NOBODYS = [ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10")]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status and the start of the text, or what went wrong."""

    status: int | None
    text: str
    ms: int
    error: str = ""


class NotPublic(OSError):
    """The host leads to an address that is not on the open internet."""


class ToOneAddress:
    """A connection of `http.client` that goes to the address we looked at. `line` stays when
    `sock` is let go: an answer that ends with the connection is read from it still."""

    address: str
    line: socket.socket | None = None
    is_cut = False

    def open_socket(self, port: int) -> socket.socket:
        return socket.create_connection((self.address, port), SECONDS_A_STEP)


class Plain(ToOneAddress, http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = self.line = self.open_socket(self.port)


class Secure(ToOneAddress, http.client.HTTPSConnection):
    def connect(self) -> None:
        line = self.open_socket(self.port)
        context = ssl.create_default_context()
        self.sock = self.line = context.wrap_socket(line, server_hostname=self.host)


def post(url: str, body: bytes, headers: dict[str, str], *, allow_local: bool = False) -> Answer:
    """Post once. Never raises for what the other side does; ends within some 20 seconds."""
    started = time.monotonic()
    status, text, error = None, "", ""
    try:
        status, text = ask(url, body, headers, allow_local=allow_local)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        error = f"{type(problem).__name__}: {problem}"[:200]
    return Answer(status, text, round((time.monotonic() - started) * 1000), error)


def ask(url: str, body: bytes, headers: dict[str, str], *, allow_local: bool) -> tuple[int, str]:
    """The status, and the first characters of the answer."""
    parts = urlsplit(url)
    kind = Secure if parts.scheme == "https" else Plain
    # Without a port `http.client` would take the end of an IPv6 address for one.
    port = parts.port or kind.default_port
    connection = kind(str(parts.hostname), port, timeout=SECONDS_A_STEP)
    connection.address = address_of(connection.host, connection.port, allow_local=allow_local)
    # Each byte may come in time and the whole never end.
    end = threading.Timer(SECONDS_IN_ALL, cut, [connection])
    end.daemon = True
    try:
        connection.connect()
        end.start()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        text = answer.read(KEPT_OF_ANSWER).decode("utf-8", "replace")
        if connection.is_cut:
            raise TimeoutError("the answer took too long")
        return answer.status, text
    finally:
        end.cancel()
        connection.close()


def cut(connection: Plain | Secure) -> None:
    """End a conversation that takes too long."""
    connection.is_cut = True
    if connection.line is not None:
        with contextlib.suppress(OSError):  # it ended by itself meanwhile
            connection.line.shutdown(socket.SHUT_RDWR)


def address_of(host: str, port: int, *, allow_local: bool) -> str:
    """The address to post to. Refuses a host of which any address is not public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_local and not all(is_public(address) for address in addresses):
        raise NotPublic(f"{host} leads to an address that is not on the open internet")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet: not to us, a neighbour or nobody."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in TRANSLATED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.teredo is not None:
            return False
    is_nobodys = any(ip in network for network in NOBODYS)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or is_nobodys)
