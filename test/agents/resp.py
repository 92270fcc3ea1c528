"""A small Redis client (RESP 2) for one command at a time, with a connection that comes back by itself."""

import socket
import threading
import time
from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

DIAL_TIMEOUT_S = 5.0
LONGEST_RECONNECT_DELAY_S = 0.5
# How often a wait looks at whether it should be given up.
LOOK_S = 0.1
# Added to what a command may still take once the worker stops; a blocking command lasts one second.
STOP_GRACE_S = 2.5

Argument = Union[bytes, str, int]


class ServerError(Exception):
    """The server answered a command with an error; it then did not do it."""


class GaveUp(ConnectionError):
    """The worker stops, and the server did not answer in time."""


class Stopping:
    """Whether the worker stops, and since when."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._since_s = 0.0

    def request(self) -> None:
        self._since_s = time.monotonic()
        self.event.set()

    def check(self, begun_s: float) -> None:
        """Raises `GaveUp` when a wait that began then has gone on for too long after the stop."""
        if self.event.is_set() and time.monotonic() > max(begun_s, self._since_s) + STOP_GRACE_S:
            raise GaveUp("no answer from Redis while stopping")


class Connection:
    """One connection; safe to share between threads, which then wait for each other."""

    def __init__(
        self,
        address: Tuple[str, int],
        greeting: Sequence[Sequence[Argument]],
        stopping: Stopping,
        report: Callable[[BaseException], None],
    ) -> None:
        self._address = address
        self._greeting = greeting
        self._stopping = stopping
        self._report = report
        self._lock = threading.Lock()
        self._socket: Optional[socket.socket] = None
        self._received = bytearray()
        self._begun_s = 0.0

    @property
    def is_up(self) -> bool:
        return self._socket is not None

    def dial(self) -> None:
        """Connects, and sends the commands that every new connection begins with."""
        with self._lock:
            self._begun_s = time.monotonic()
            self._dial()

    def once(self, *command: Argument) -> Any:
        """Sends once the connection is up, and once only; raises when it is lost before the answer."""
        with self._lock:
            self._begun_s = time.monotonic()
            self._connect()
            return self._roundtrip(command)

    def until_answered(self, *command: Argument) -> Any:
        """Sends again and again until the server has answered; only for what may be done twice."""
        while True:
            try:
                return self.once(*command)
            except GaveUp:
                raise
            except OSError:
                time.sleep(LOOK_S)

    def _connect(self) -> None:
        delay_s = 0.05
        reported = ""
        while self._socket is None:
            self._stopping.check(self._begun_s)
            try:
                self._dial()
            except (OSError, ServerError) as error:
                if str(error) != reported:
                    self._report(error)
                reported = str(error)
                time.sleep(delay_s)
                delay_s = min(delay_s * 2, LONGEST_RECONNECT_DELAY_S)

    def _dial(self) -> None:
        self._socket = socket.create_connection(self._address, DIAL_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(LOOK_S)
        self._received.clear()
        try:
            for command in self._greeting:
                self._roundtrip(command)
        except ServerError:
            self._drop()
            raise

    def _roundtrip(self, command: Sequence[Argument]) -> Any:
        try:
            self._send(encode(command))
            return self._reply()
        except OSError:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _live(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionError("not connected")
        return self._socket

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self._live().send(view) :]
            except socket.timeout:
                self._stopping.check(self._begun_s)

    def _receive(self) -> None:
        try:
            chunk = self._live().recv(65536)
        except socket.timeout:
            # Not a reason to hang up: what the server popped for this connection would be lost with it.
            self._stopping.check(self._begun_s)
            return
        if not chunk:
            raise ConnectionError("the connection was lost before the answer")
        self._received += chunk

    def _line(self) -> bytes:
        while (end := self._received.find(b"\r\n")) < 0:
            self._receive()
        return self._take(end, 2)

    def _take(self, length: int, delimiter: int) -> bytes:
        while len(self._received) < length + delimiter:
            self._receive()
        taken = bytes(self._received[:length])
        del self._received[: length + delimiter]
        return taken

    def _reply(self) -> Any:
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest
        if kind == b"-":
            raise ServerError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if int(rest) < 0 else self._take(int(rest), 2)
        if kind == b"*":
            return None if int(rest) < 0 else [self._reply() for _ in range(int(rest))]
        raise ConnectionError(f"not an answer of Redis: {line[:40]!r}")


def encode(command: Sequence[Argument]) -> bytes:
    """A command as the server reads it: an array of strings."""
    parts: List[bytes] = [b"*%d\r\n" % len(command)]
    for argument in command:
        data = argument if isinstance(argument, bytes) else str(argument).encode()
        parts += [b"$%d\r\n" % len(data), data, b"\r\n"]
    return b"".join(parts)
