"""The control side of a worker agent: docs/agent-protocol.md. Standard library only."""

import errno
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from typing import Any, Callable, Dict, Optional

from .handling import Handling
from .records import RecordFile, open_payload, run_tag

PROTOCOL_VERSION = 2
STATS_INTERVAL_S = 0.5
EXIT_FATAL = 3

Json = Dict[str, Any]
Settle = Callable[[str], None]

_stdout_lock = threading.Lock()


def say(message: Json) -> None:
    """Sends one message to havoq."""
    line = (json.dumps(message) + "\n").encode()
    with _stdout_lock:
        while line:
            line = line[os.write(1, line) :]


def describe(error: BaseException) -> str:
    """The first line of an error, for a report."""
    return (str(error) or type(error).__name__).split("\n")[0][:200]


def fatal(error: BaseException) -> None:
    """Tells why this process can't go on, and ends it."""
    traceback.print_exception(type(error), error, error.__traceback__)
    number = error.errno if isinstance(error, OSError) else None
    code = {} if number is None else {"code": errno.errorcode.get(number, str(number))}
    say({"type": "fatal", "text": describe(error), **code})
    os._exit(EXIT_FATAL)


class Handler:
    """Handles deliveries: writes each down before it is handled, and its end before it is settled. Thread-safe."""

    def __init__(self, configure: Json, epoch_ns: int, report: Callable[[BaseException], None]) -> None:
        worker = configure["worker"]
        self.records = RecordFile(worker["recordFile"], configure, epoch_ns)
        self.slow_by_s = 0.0
        self._handling = Handling(configure)
        self._tag = run_tag(configure["runId"])
        self._report = report
        self._blocked_until_s = 0.0

    def block(self, for_s: float) -> None:
        """No handler gets anywhere for this long, as if the process computed."""
        self._blocked_until_s = time.monotonic() + for_s

    def deliver(
        self,
        payload: bytes,
        settle: Settle,
        redelivered: Optional[bool] = None,
        handle: Optional[Callable[[], None]] = None,
    ) -> None:
        """
        Handles one delivery and settles it; `settle` is given "completed" or "failed" and may raise. `handle` is the
        user's own handler, which fails by raising; without one the delivery takes as long as the scenario says.
        """
        self._wait_while_blocked()
        message = open_payload(payload, self._tag)
        if isinstance(message, str):
            self.records.stray(message)
            self._settle(settle, "completed")
            return
        delivered_ns = self.records.started(message, redelivered)
        raised = self._call(handle) if handle else None
        time.sleep(self.slow_by_s + (0 if handle else self._handling.draw_s()))
        self._wait_while_blocked()
        outcome = "failed" if raised or self._handling.fails(message) else "completed"
        self.records.handled(outcome, message)
        if self._settle(settle, outcome):
            self.records.settled(message, delivered_ns)

    def _wait_while_blocked(self) -> None:
        while (left_s := self._blocked_until_s - time.monotonic()) > 0:
            time.sleep(left_s)

    def _call(self, handle: Callable[[], None]) -> Optional[Exception]:
        try:
            handle()
            return None
        except Exception as error:
            traceback.print_exception(type(error), error, error.__traceback__)
            return error

    def _settle(self, settle: Settle, outcome: str) -> bool:
        try:
            settle(outcome)
            return True
        except Exception as error:
            self._report(error)
            return False


class Agent:
    """Obeys havoq's messages, one after the other."""

    def __init__(self, make_worker: Callable[[Json, Callable[[BaseException], None]], Any]) -> None:
        self._make_worker = make_worker
        self._configure: Json = {}
        self._worker: Any = None
        self._handler: Optional[Handler] = None

    def obey(self, message: Json) -> None:
        kind = message["type"]
        if kind == "configure":
            self._configure = message
            self._worker = self._make_worker(message, self.report)
            self._worker.connect()
            say({"type": "ready"})
        elif kind == "start":
            self._start(int(message["epochNs"]))
        elif kind == "slow" and self._handler:
            self._handler.slow_by_s = message["byMs"] / 1000
            say({"type": "obeyed", "fault": "slow"})
        elif kind == "block" and self._handler:
            self._handler.block(message["forMs"] / 1000)
            say({"type": "obeyed", "fault": "block"})
            threading.Timer(message["forMs"] / 1000, say, [{"type": "obeyed", "fault": "block"}]).start()
        elif kind == "stop":
            self._stop()

    def report(self, error: BaseException) -> None:
        """Tells havoq of a client error that belongs to no single message."""
        at_ns = self._handler.records.now_ns() if self._handler else 0
        say({"type": "clientError", "atNs": at_ns, "text": describe(error)})

    def _start(self, epoch_ns: int) -> None:
        self._handler = handler = Handler(self._configure, epoch_ns, self.report)
        self._worker.start(handler)

        def tell() -> None:
            while True:
                time.sleep(STATS_INTERVAL_S)
                say({"type": "stats", **handler.records.stats()})

        threading.Thread(target=tell, daemon=True).start()

    def _stop(self) -> None:
        if self._worker:
            self._worker.stop()
        say({"type": "bye", **(self._handler.records.stats() if self._handler else {})})
        os._exit(0)


def run(make_worker: Callable[[Json, Callable[[BaseException], None]], Any]) -> None:
    """
    Runs an agent until it is stopped. `make_worker(configure, report)` makes an object with `connect()`,
    `start(handler)`, which begins to pass deliveries to `handler.deliver`, and `stop()`, which returns when all ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.excepthook = lambda failed: fatal(failed.exc_value or SystemExit("a thread ended"))
    agent = Agent(make_worker)
    orders: "queue.SimpleQueue[bytes]" = queue.SimpleQueue()
    # As a deployment asks: what runs is ended first.
    signal.signal(signal.SIGTERM, lambda *_: orders.put(b'{"type": "stop"}'))

    def obey_all() -> None:
        while True:
            agent.obey(json.loads(orders.get()))

    say({"type": "hello", "protocol": PROTOCOL_VERSION, "obeys": ["slow", "block"]})
    threading.Thread(target=obey_all, daemon=True).start()
    for line in sys.stdin.buffer:
        orders.put(line)
    # The pipe ends with havoq, however havoq ended: an agent never outlives it.
    os._exit(0)
