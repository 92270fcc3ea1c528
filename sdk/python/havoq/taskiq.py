"""
TaskIQ under test: `broker` is havoq's own application, whose task writes the records itself: the worker acks after the
task has returned (`when_executed`, `when_saved`), and its middleware is told of the end only after the earlier of these.
"""

import asyncio
import os
import sys
from typing import Any, Awaitable, Callable, Dict, Optional

from taskiq import AsyncBroker, SimpleRetryMiddleware, TaskiqEvents
from taskiq_redis import ListQueueBroker, RedisStreamBroker

from . import framework
from .broker_url import broker_url
from .enqueue import describe

Json = Dict[str, Any]
TASK = "havoq.message"


def make_broker(run: Json) -> AsyncBroker:
    """The broker of the run, with the options that the scenario has."""
    options = run["options"]
    url, queue = broker_url(run["endpoint"]), f"havoq:{run['runId']}"
    more: Json = {} if options["socketTimeout"] is None else {"socket_timeout": options["socketTimeout"] / 1000}
    made: AsyncBroker
    if options["broker"] == "list":
        made = ListQueueBroker(url, queue_name=queue, **more)
    else:
        made = RedisStreamBroker(
            url,
            queue_name=queue,
            idle_timeout=options["idleTimeout"],
            xread_count=options["fetchCount"],
            unacknowledged_batch_size=options["claimCount"],
            maxlen=options["maxLength"],
            **more,
        )
    if options["retries"] > 0:
        # TaskIQ counts the first try as well.
        made = made.with_middlewares(
            SimpleRetryMiddleware(default_retry_count=options["retries"] + 1, default_retry_label=True)
        )
    return made


def add_task(broker: AsyncBroker, session: Optional[framework.Session]) -> Any:
    """The task that does what the scenario says of handlers."""

    @broker.task(task_name=TASK)
    async def message(payload: str) -> None:
        marked = framework.unmarked(payload)
        if session is None or marked is None:
            return
        attempt = session.started(marked)
        try:
            await attempt.handle_async()
        except Exception:
            attempt.ended("failed")
            raise
        attempt.ended("completed")

    return message


def listen(broker: AsyncBroker, session: framework.Session) -> None:
    """Tells havoq when the worker takes messages, and what ends it."""

    async def ready(_: Any) -> None:
        session.ready()

    async def over(_: Any) -> None:
        # A worker that loses its connection ends with an error, and its main process starts another one.
        error = sys.exc_info()[1]
        if error is not None:
            session.client_error(describe(innermost(error)))

    broker.add_event_handler(TaskiqEvents.WORKER_STARTUP, ready)
    broker.add_event_handler(TaskiqEvents.WORKER_SHUTDOWN, over)
    session.watch_log("taskiq")


def innermost(error: BaseException) -> BaseException:
    """The first error in a group of them."""
    while getattr(error, "exceptions", None):
        error = error.exceptions[0]  # type: ignore[attr-defined]
    return error


def enqueuer(run: Json) -> Callable[[bytes, Optional[int]], Awaitable[None]]:
    """Sends each message with `kiq`."""
    broker = make_broker(run)
    task = add_task(broker, None)
    # A stream's group begins at its end: what is sent before there is one is never delivered.
    asyncio.get_event_loop().run_until_complete(broker.startup())

    async def send(payload: bytes, _: Optional[int]) -> None:
        await task.kiq(framework.marked(payload))

    return send


if "HAVOQ_WORKER" in os.environ:
    _session = framework.session()
    broker = make_broker({**_session.configure, "endpoint": _session.worker["endpoint"]})
    add_task(broker, _session)
    listen(broker, _session)
