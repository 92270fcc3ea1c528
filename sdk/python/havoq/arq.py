"""
ARQ under test. `after_job_end` comes when the result is written, and `on_job_end` does not know how the job ended: the
coroutine itself writes both down.
"""

import os
import uuid
from typing import Any, Awaitable, Callable, Dict, Optional

import arq
from arq.connections import RedisSettings

from . import framework
from .broker_url import broker_url

Json = Dict[str, Any]


def settings(run: Json) -> RedisSettings:
    """The address of a run's Redis."""
    made = RedisSettings.from_dsn(broker_url(run["endpoint"]))
    made.conn_retries = 1 if "HAVOQ_WORKER" not in os.environ else 60
    made.conn_retry_delay = 0
    return made


def queue_of(run: Json) -> str:
    """The sorted set of a run's jobs."""
    return f"havoq:{run['runId']}"


async def message(ctx: Json, payload: str) -> None:
    """havoq's own job: takes its time, and fails when it is to."""
    session = framework.session()
    attempt = session.started(framework.unmarked(payload) or b"", True if ctx["job_try"] > 1 else None)
    try:
        await attempt.handle_async()
    except framework.HandlerFailed:
        attempt.ended("failed")
        if session.options["retryDefer"] is None:
            raise
        raise arq.Retry(defer=session.options["retryDefer"] / 1000)
    except BaseException:
        # Cancelled: the worker ends, or the job took too long.
        attempt.ended("failed")
        raise
    attempt.ended("completed")


def enqueuer(run: Json) -> Callable[[bytes, Optional[int]], Awaitable[None]]:
    """Sends each message with `enqueue_job`."""
    pools: Dict[str, arq.ArqRedis] = {}

    async def send(payload: bytes, priority: Optional[int]) -> None:
        if "pool" not in pools:
            pools["pool"] = await arq.create_pool(settings(run), default_queue_name=queue_of(run))
        job_id = f"{run['runId']}-{uuid.uuid4().hex}"
        await pools["pool"].enqueue_job("message", framework.marked(payload), _job_id=job_id)

    return send


async def ready(ctx: Json) -> None:
    """Tells havoq that the worker takes jobs."""
    framework.session().ready()


if "HAVOQ_WORKER" in os.environ:
    _session = framework.session()
    _run = {**_session.configure, "endpoint": _session.worker["endpoint"]}
    _options = _session.options
    _session.watch_log("arq")

    class WorkerSettings:
        """What `arq` reads."""

        functions = [arq.func(message, name="message")]
        redis_settings = settings(_run)
        queue_name = queue_of(_run)
        on_startup = ready
        max_jobs = _session.worker["concurrency"]
        job_timeout = _options["jobTimeout"] / 1000
        max_tries = _options["maxTries"]
        poll_delay = _options["pollDelay"] / 1000
        job_completion_wait = round(_options["jobCompletionWait"] / 1000)
        keep_result = 0
        log_results = False
