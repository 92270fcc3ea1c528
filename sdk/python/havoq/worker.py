"""A worker of one's own in a few lines: docs/agent-protocol.md."""

import threading
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

from . import agent

Json = Dict[str, Any]
# What `take` yields: a payload, or a payload and whatever `settle` needs to find the delivery again.
Taken = Union[bytes, Tuple[bytes, Any]]


class Run:
    """What a worker is told of the run that it is a part of."""

    def __init__(self, configure: Json, report: Callable[[BaseException], None]) -> None:
        worker = configure["worker"]
        self.id: str = configure["runId"]
        self.driver: str = configure["driver"]
        self.options: Json = configure["options"]
        self.worker_id: str = worker["workerId"]
        self.concurrency: int = worker["concurrency"]
        # Connect here, which may be havoq's proxy; `url` has only user, password and database.
        self.host: str = worker["endpoint"]["host"]
        self.port: int = worker["endpoint"]["port"]
        self.url: Optional[str] = worker["endpoint"].get("url")
        self.report = report
        self._stopping = threading.Event()

    @property
    def stopping(self) -> bool:
        """Whether to take no more messages."""
        return self._stopping.is_set()


class _Worker:
    """Takes in a thread for each handler."""

    def __init__(self, run: Run, take: Any, handle: Any, settle: Any) -> None:
        self._run, self._take, self._handle, self._settle = run, take, handle, settle
        self._threads: List[threading.Thread] = []

    def connect(self) -> None:
        pass

    def start(self, handler: agent.Handler) -> None:
        for _ in range(self._run.concurrency):
            thread = threading.Thread(target=self._take_all, args=(handler,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self._run._stopping.set()
        for thread in self._threads:
            thread.join()

    def _take_all(self, handler: agent.Handler) -> None:
        while not self._run.stopping:
            try:
                for taken in self._take(self._run):
                    self._deliver(handler, taken)
            except Exception as error:
                # Such as a broker that is down: reported once, and tried again.
                self._run.report(error)
                self._run._stopping.wait(RETRY_S)

    def _deliver(self, handler: agent.Handler, taken: Taken) -> None:
        payload, delivery = taken if isinstance(taken, tuple) else (taken, taken)
        settle = (lambda outcome: self._settle(delivery, outcome)) if self._settle else (lambda outcome: None)
        handle = (lambda: self._handle(payload)) if self._handle else None
        handler.deliver(payload, settle, handle=handle)


RETRY_S = 0.1


def worker(
    take: Callable[[Run], Iterator[Taken]],
    handle: Optional[Callable[[bytes], None]] = None,
    settle: Optional[Callable[[Any, str], None]] = None,
) -> None:
    """
    Runs a worker until havoq stops it. `take(run)` yields payloads until `run.stopping`, once in each of
    `run.concurrency` threads; `handle(payload)` fails by raising (without it, a message takes as long as the scenario
    says); `settle(delivery, outcome)` tells the broker that a handler has "completed" or "failed".
    """
    agent.run(lambda configure, report: _Worker(Run(configure, report), take, handle, settle))
