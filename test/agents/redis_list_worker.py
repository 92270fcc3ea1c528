"""
A worker for havoq's driver `redis-list` that is not Node: shows that the agent protocol (docs/agent-protocol.md) is all
that a worker needs. Differs from havoq's own in one thing: it has no reaper.

    workers: { command: [python3, test/agents/redis_list_worker.py] }
"""

import os
import sys

# This file is run from a checkout, which it should leave as it was.
sys.dont_write_bytecode = True

import threading
import time
from typing import Any, Callable, Dict, List, Optional
from urllib.parse import unquote, urlsplit

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "sdk", "python"))

from havoq import agent
from havoq.agent import Handler
from resp import Argument, Connection, ServerError, Stopping

CONNECT_DEADLINE_S = 10.0
BLOCK_S = 1
ERROR_PAUSE_S = 0.1
# Puts a message elsewhere if it still is in the processing list, so that asking twice does it once.
MOVE_SCRIPT = "if redis.call('LREM', KEYS[1], -1, ARGV[1]) > 0 then redis.call('LPUSH', KEYS[2], ARGV[1]) end"


def greeting_of(endpoint: Dict[str, Any]) -> List[List[Argument]]:
    """What a new connection begins with: log-in and database from the endpoint's URL, and a look whether it is ready."""
    url = urlsplit(endpoint.get("url") or "")
    if url.scheme == "rediss":
        raise ValueError("this worker does not speak TLS")
    commands: List[List[Argument]] = []
    if url.password:
        commands.append(["AUTH", *([unquote(url.username)] if url.username else []), unquote(url.password)])
    if url.path.strip("/"):
        commands.append(["SELECT", url.path.strip("/")])
    # Answers an error while the server still loads its data; the connection is then tried again.
    return [*commands, ["PING"]]


class RedisListWorker:
    """Takes messages with one blocking connection per concurrent handler, and settles them through one more."""

    def __init__(self, configure: Dict[str, Any], report: Callable[[BaseException], None]) -> None:
        worker, options = configure["worker"], configure["options"]
        if options.get("reaper", False) is not False:
            raise ValueError("this worker has no reaper: write reaper: false")
        self._moves = options["consume"] == "blmove"
        self._on_fail = options.get("onFail") or ("deadLetter" if self._moves else "drop")
        self._worker_id: str = worker["workerId"]
        self._queue = f"havoq:{configure['runId']}"
        self._workers = f"{self._queue}:workers"
        self._processing = f"{self._queue}:processing:{self._worker_id}"
        self._report = report
        self._stopping = Stopping()
        self._threads: List[threading.Thread] = []
        endpoint = worker["endpoint"]
        address = (endpoint["host"], endpoint["port"])
        greeting = greeting_of(endpoint)
        # Before the first take, and again after the server lost its memory: what is in a list that nobody knows of
        # could not be found again.
        registered = [*greeting, ["SADD", self._workers, self._worker_id]] if self._moves else greeting
        self._settling = Connection(address, greeting, self._stopping, report)
        self._takers = [Connection(address, registered, self._stopping, report) for _ in range(worker["concurrency"])]

    def connect(self) -> None:
        """Waits a while for a server that is down just now; it is tried further in any case."""
        deadline_s = time.monotonic() + CONNECT_DEADLINE_S
        for connection in [self._settling, *self._takers]:
            while not connection.is_up and time.monotonic() < deadline_s:
                try:
                    connection.dial()
                except (OSError, ServerError) as error:
                    self._report(error)
                    time.sleep(ERROR_PAUSE_S)

    def start(self, handler: Handler) -> None:
        """Begins to take messages."""
        for taker in self._takers:
            thread = threading.Thread(target=self._take_all, args=(taker, handler), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Takes no more, and returns when everything that was taken is settled."""
        self._stopping.request()
        for thread in self._threads:
            thread.join()
        if self._moves and self._settling.is_up:
            self._leave()

    def _take_all(self, taker: Connection, handler: Handler) -> None:
        while not self._stopping.event.is_set():
            try:
                payload = self._take(taker)
            except (OSError, ServerError) as error:
                if not self._stopping.event.is_set():
                    self._report(error)
                    time.sleep(ERROR_PAUSE_S)
                continue
            # Taken is taken: a message that arrives while the worker stops is handled too.
            if payload is not None:
                handler.deliver(payload, lambda outcome, taken=payload: self._settle(taken, outcome))

    def _take(self, taker: Connection) -> Optional[bytes]:
        if self._moves:
            return taker.once("BLMOVE", self._queue, self._processing, "RIGHT", "LEFT", BLOCK_S)
        taken = taker.once("BRPOP", self._queue, BLOCK_S)
        return None if taken is None else taken[1]

    def _settle(self, payload: bytes, outcome: str) -> None:
        end = "drop" if outcome == "completed" else self._on_fail
        target = self._queue if end == "requeue" else f"{self._queue}:dead"
        if self._moves and end == "drop":
            self._settling.until_answered("LREM", self._processing, -1, payload)
        elif self._moves:
            self._settling.until_answered("EVAL", MOVE_SCRIPT, 2, self._processing, target, payload)
        elif end != "drop":
            # A popped message is only in this process: one attempt, for a second could make two of it.
            self._settling.once("LPUSH", target, payload)

    def _leave(self) -> None:
        """Leaves the registry, unless the worker still holds messages."""
        try:
            if self._settling.once("LLEN", self._processing) == 0:
                self._settling.once("SREM", self._workers, self._worker_id)
        except (OSError, ServerError) as error:
            self._report(error)


if __name__ == "__main__":
    agent.run(RedisListWorker)
