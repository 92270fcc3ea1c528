"""
What a framework's own processes use: havoq starts the framework's worker with HAVOQ_WORKER, the path of a folder.
`worker.json` in it says what the run is, `control` holds t0 and the time that `slow: worker` adds, and `events.ndjson`
takes what havoq should hear. Records go to a file of each process.
"""

import base64
import json
import logging
import os
import re
import socket
import struct
import threading
import time
from typing import Any, Dict, Optional, Union

from .handling import Handling
from .records import Message, RecordFile, open_payload, run_tag

Json = Dict[str, Any]

MARKER = re.compile(rb"havoq:([A-Za-z0-9+/]+={0,2})\.")
CONTROL = struct.Struct("<Qd")
EPOCH_LOOK_S = 0.005
LONGEST_TEXT = 300


def marked(payload: bytes) -> str:
    """A payload as a text that is found again in whatever a serializer makes of it."""
    return f"havoq:{base64.b64encode(payload).decode()}."


def unmarked(text: Union[str, bytes, None]) -> Optional[bytes]:
    """The payload in a text; None when there is none."""
    found = MARKER.search(text.encode() if isinstance(text, str) else text or b"")
    return base64.b64decode(found[1]) if found else None


class HandlerFailed(Exception):
    """A handler of havoq's own application that fails because the scenario says so."""


class Attempt:
    """One delivery of one message to a handler."""

    def __init__(self, session: "Session", message: Union[Message, str], delivered_ns: int) -> None:
        self._session, self._message, self._delivered_ns = session, message, delivered_ns
        self.is_stray = isinstance(message, str)

    def handling_s(self) -> float:
        """How long havoq's own handler has to sleep."""
        return 0.0 if self.is_stray else self._session.handling.draw_s() + self._session.slow_by_s()

    def check(self) -> None:
        """Raises `HandlerFailed` when havoq's own handler is to fail."""
        if not self.is_stray and self._session.handling.fails(self._message):
            raise HandlerFailed("the scenario lets this handler fail")

    def handle(self) -> None:
        """What havoq's own handler does: takes its time, and fails when it is to."""
        time.sleep(self.handling_s())
        self.check()

    async def handle_async(self) -> None:
        """The same for a handler that is a coroutine."""
        import asyncio

        await asyncio.sleep(self.handling_s())
        self.check()

    def ended(self, outcome: str) -> None:
        """Writes down how the handler ended ("completed" or "failed"); to be called before the broker hears of it."""
        if not self.is_stray:
            self._session.records.handled(outcome, self._message, self._delivered_ns)
            self._session.stand_still(outcome, self._message.sequence)


class BridgedAttempt(Attempt):
    """A delivery whose handler is in another process, at the other end of a socket: for the conformance suite."""

    def __init__(self, path: str, payload: bytes, redelivered: Optional[bool]) -> None:
        self.is_stray = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        self._lines = self._socket.makefile("rwb", buffering=0)
        self._say({"payload": base64.b64encode(payload).decode(), "redelivered": redelivered})

    def handle(self) -> None:
        line = self._lines.readline()
        if not line or json.loads(line)["outcome"] != "completed":
            raise HandlerFailed("the handler failed")

    async def handle_async(self) -> None:
        import asyncio

        await asyncio.to_thread(self.handle)

    def ended(self, outcome: str) -> None:
        self._say({"ended": outcome})
        self._lines.close()
        self._socket.close()

    def _say(self, message: Json) -> None:
        self._lines.write((json.dumps(message) + "\n").encode())


class Session:
    """This process's part in a run. Thread-safe, and a process that forks has one of its own in each child."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        with open(os.path.join(folder, "worker.json"), encoding="utf-8") as file:
            self.configure: Json = json.load(file)
        self._tag = run_tag(self.configure["runId"])
        self._bridge: Optional[str] = self.configure.get("bridge")
        self._control = os.open(os.path.join(folder, "control"), os.O_RDONLY)
        self._lock = threading.Lock()
        self._pid: Optional[int] = None
        self._stop_after: Optional[str] = os.environ.get("HAVOQ_STOP_AFTER")

    @property
    def options(self) -> Json:
        """`target.options`."""
        return self.configure["options"]

    @property
    def worker(self) -> Json:
        """What the workers of the run are to do."""
        return self.configure["worker"]

    def slow_by_s(self) -> float:
        """What `slow: worker` adds to each handling time."""
        return CONTROL.unpack(os.pread(self._control, CONTROL.size, 0))[1] / 1000

    def started(self, payload: bytes, redelivered: Optional[bool] = None, writer: Optional[str] = None) -> Attempt:
        """
        Writes a delivery down; to be called before its handler begins. `writer` names the file where the process is
        not one for many deliveries; deliveries of one writer come one after the other.
        """
        if self._bridge is not None:
            return BridgedAttempt(self._bridge, payload, redelivered)
        self._open(writer)
        message = open_payload(payload, self._tag)
        if isinstance(message, str):
            self.records.stray(message)
            return Attempt(self, message, 0)
        return Attempt(self, message, self.records.started(message, redelivered))

    def failed_elsewhere(self, payload: bytes, writer: str) -> None:
        """Writes down that a handler in a process that is gone has failed, for a framework that says so itself."""
        message = open_payload(payload, self._tag)
        if self._bridge is None and not isinstance(message, str):
            self._open(writer)
            self.records.handled("failed", message)

    def stand_still(self, outcome: str, sequence: int) -> None:
        """For a test: HAVOQ_STOP_AFTER=completed:7 stops a first worker for ever before the framework acks message 7."""
        if self._stop_after == f"{outcome}:{sequence}" and self.configure["incarnation"] == 0:
            threading.Event().wait()

    def _open(self, writer: Optional[str]) -> None:
        pid = os.getpid()
        if self._pid == pid:
            return
        with self._lock:
            if self._pid == pid:
                return
            path = self.worker["recordFile"]
            own = path[: -len(".hvr")] + f"~{writer or pid}.hvr"
            self.records = RecordFile(own, self.configure, self._await_epoch(), shared=writer is not None)
            self.handling = Handling(self.configure, pid)
            self._pid = pid

    def _await_epoch(self) -> int:
        # A worker that replaces another one may be given messages before it is told of t0.
        while True:
            epoch_ns = CONTROL.unpack(os.pread(self._control, CONTROL.size, 0))[0]
            if epoch_ns != 0:
                return epoch_ns
            time.sleep(EPOCH_LOOK_S)

    def ready(self) -> None:
        """Tells havoq that the worker takes messages."""
        self._tell({"type": "ready"})

    def client_error(self, text: str) -> None:
        """Tells havoq of an error that belongs to no single message."""
        text = text.strip().split("\n")[0][:LONGEST_TEXT]
        self._tell({"type": "clientError", "atMonotonicNs": str(time.monotonic_ns()), "text": text})

    def _tell(self, message: Json) -> None:
        line = (json.dumps(message) + "\n").encode()
        descriptor = os.open(os.path.join(self.folder, "events.ndjson"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)

    def watch_log(self, *names: str) -> None:
        """Reports what a framework logs as an error, which is how it tells of lost connections."""
        handler = _Reports(self)
        for name in names:
            logging.getLogger(name).addHandler(handler)


class _Reports(logging.Handler):
    def __init__(self, session: Session) -> None:
        super().__init__(logging.ERROR)
        self._session = session

    def emit(self, record: logging.LogRecord) -> None:
        # A handler's own failure is in the records.
        failure = record.exc_info and record.exc_info[1]
        if not isinstance(failure, HandlerFailed) and HandlerFailed.__name__ not in record.getMessage():
            self._session.client_error(record.getMessage())


def session() -> Session:
    """The session of the folder that HAVOQ_WORKER names; made once in a process."""
    global _session
    if _session is None:
        _session = Session(os.environ["HAVOQ_WORKER"])
    return _session


_session: Optional[Session] = None
