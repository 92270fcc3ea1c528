"""
A producer's other half: `python3 -m havoq.enqueue <module>` hands messages to a framework's own client. Standard input
begins with a line of JSON (runId, endpoint, options) and goes on with frames, all little-endian: length of what follows
(4 bytes), number (4), priority (2, signed, -1 for none), payload. An answer is: number (4), 0 stored, 1 refused or 2 not
known (1), length of a text (2), text.
"""

import asyncio
import importlib
import json
import os
import signal
import struct
import sys
from typing import Any, Awaitable, Callable, Dict, Optional, Union

FRAME = struct.Struct("<IIh")
ANSWER = struct.Struct("<IBH")
STORED, REFUSED, UNKNOWN = 0, 1, 2
CHUNK = 1 << 18
LONGEST_TEXT = 300

Json = Dict[str, Any]
Send = Callable[[bytes, Optional[int]], Union[None, Awaitable[None]]]


class Refused(Exception):
    """The system said that it has not stored a message."""


# What Redis answers to the first write of a command, so that it has written nothing.
REDIS_REFUSALS = ("OOM", "READONLY", "LOADING", "MISCONF", "NOREPLICAS", "NOAUTH", "WRONGPASS", "NOPERM", "MASTERDOWN")


def is_refusal(error: BaseException) -> bool:
    """Whether an error says that the message was not stored; every other one leaves that open."""
    seen = 0
    while error is not None and seen < 10:
        words = str(error).split(" ", 1)[0].strip(":")
        if isinstance(error, Refused) or (type(error).__module__.startswith("redis") and words in REDIS_REFUSALS):
            return True
        # redis-py takes the code of an answer off and makes a class of it.
        if type(error).__module__.startswith("redis") and type(error).__name__ in REDIS_CLASSES:
            return True
        # What it was raised from, and not what went wrong before: an earlier attempt may have been refused, and the last lost.
        error, seen = error.__cause__, seen + 1
    return False


REDIS_CLASSES = ("OutOfMemoryError", "ReadOnlyError", "BusyLoadingError", "AuthenticationError", "NoPermissionError")


def describe(error: BaseException) -> str:
    """One line of an error, for a report."""
    text = (str(error) or type(error).__name__).split("\n")[0]
    return text if type(error).__name__ in text else f"{type(error).__name__}: {text}"


class Frames:
    """Messages from standard input, as many as have arrived at a time."""

    def __init__(self) -> None:
        self._held = b""

    def line(self) -> bytes:
        while b"\n" not in self._held:
            self._read()
        line, self._held = self._held.split(b"\n", 1)
        return line

    def next(self):
        """Number, priority (None without) and payload of the next message."""
        while len(self._held) < 4 or len(self._held) < 4 + int.from_bytes(self._held[:4], "little"):
            self._read()
        length, number, priority = FRAME.unpack_from(self._held)
        payload = self._held[FRAME.size : 4 + length]
        self._held = self._held[4 + length :]
        return number, None if priority < 0 else priority, payload

    def _read(self) -> None:
        chunk = os.read(0, CHUNK)
        # The pipe ends with the producer, however it ended.
        if not chunk:
            os._exit(0)
        self._held += chunk


def main(module: str) -> None:
    """Sends message after message, and answers each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.dup(1)
    # What a library prints is none of it.
    os.dup2(2, 1)
    frames = Frames()
    config: Json = json.loads(frames.line())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    send: Send = importlib.import_module(module).enqueuer(config)

    def answer(number: int, status: int, text: str = "") -> None:
        words = text.encode()[:LONGEST_TEXT]
        os.write(answers, ANSWER.pack(number, status, len(words)) + words)

    answer(0, STORED, "ready")
    while True:
        number, priority, payload = frames.next()
        try:
            sent = send(payload, priority)
            if sent is not None and asyncio.iscoroutine(sent):
                loop.run_until_complete(sent)
            answer(number, STORED)
        except Exception as error:
            answer(number, REFUSED if is_refusal(error) else UNKNOWN, describe(error))


if __name__ == "__main__":
    main(sys.argv[1])
