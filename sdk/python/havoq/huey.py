"""
Huey under test. A task is popped before it runs, and there is nothing to ack: `pre_execute` and `post_execute` are all
that there is.
"""

import os
from typing import Any, Callable, Dict, Optional

from huey import RedisHuey

from . import framework
from .broker_url import broker_url

Json = Dict[str, Any]


def make(run: Json) -> RedisHuey:
    """The application: one task, which does what the scenario says of handlers."""
    return RedisHuey(run["runId"], url=broker_url(run["endpoint"]), results=False)


def enqueuer(run: Json) -> Callable[[bytes, Optional[int]], None]:
    """Sends each message by calling the task."""
    task = declare(make(run), run["options"])

    def send(payload: bytes, priority: Optional[int]) -> None:
        task(framework.marked(payload))

    return send


def declare(huey: RedisHuey, options: Json) -> Any:
    """havoq's own task."""

    @huey.task(name="message", retries=options["retries"], retry_delay=options["retryDelay"] / 1000, context=True)
    def message(payload: str, task: Any = None) -> None:
        running[task.id].handle()

    return message


running: Dict[str, framework.Attempt] = {}

if "HAVOQ_WORKER" in os.environ:
    session = framework.session()
    huey = make({**session.configure, "endpoint": session.worker["endpoint"]})
    declare(huey, session.options)

    @huey.pre_execute()
    def started(task: Any) -> None:
        payload = framework.unmarked(task.args[0]) if task.args else None
        if payload is not None:
            # A retry is told by what is left of them.
            again = True if task.retries < session.options["retries"] else None
            running[task.id] = session.started(payload, again)

    @huey.post_execute()
    def ended(task: Any, value: Any, error: Optional[BaseException]) -> None:
        attempt = running.pop(task.id, None)
        if attempt is not None:
            attempt.ended("failed" if error else "completed")

    @huey.on_startup()
    def ready() -> None:
        session.ready()

    session.watch_log("huey")
