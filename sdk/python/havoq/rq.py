"""
RQ under test: a Job that writes down what happens in the work horse, and a Worker that tells of a horse that was killed.
One file of records for each worker process: its horses come one after the other.
"""

import os
import uuid
from typing import Any, Callable, Dict, Optional

import rq
import rq.job
from redis import Redis

from . import framework
from .application import filled
from .broker_url import broker_url

Json = Dict[str, Any]
META = "havoq"
current: Optional[framework.Attempt] = None


def message() -> None:
    """havoq's own job: takes its time, and fails when it is to."""
    if current is not None:
        current.handle()


class Job(rq.job.Job):
    """A job whose performance is written down before RQ knows how it ended."""

    def perform(self) -> Any:
        global current
        payload = framework.unmarked(self.meta.get(META))
        if payload is None:
            return super().perform()
        again = True if (self.number_of_retries or 0) > 0 else None
        current = attempt = framework.session().started(payload, again, writer=str(os.getppid()))
        try:
            result = super().perform()
        except BaseException:
            attempt.ended("failed")
            raise
        attempt.ended("completed")
        return result


class Worker(rq.Worker):
    """RQ's own worker."""

    def register_birth(self) -> None:
        super().register_birth()
        framework.session().watch_log("rq.worker", "rq")
        framework.session().ready()

    def handle_work_horse_killed(self, job: Any, *args: Any) -> None:
        # The parent is about to take the job for failed; the horse can't write it down any more.
        payload = framework.unmarked(job.get_meta().get(META))
        if payload is not None:
            framework.session().failed_elsewhere(payload, writer=str(os.getpid()))
        super().handle_work_horse_killed(job, *args)


def enqueuer(run: Json) -> Callable[[bytes, Optional[int]], None]:
    """Sends each message with `Queue.enqueue`."""
    options, name = run["options"], run["runId"]
    queue = rq.Queue(name, connection=Redis.from_url(broker_url(run["endpoint"])), job_class=Job)
    task = options.get("task")
    more: Json = {"job_timeout": max(1, round(options["jobTimeout"] / 1000)), "result_ttl": 0}
    if options["retries"] > 0:
        more["retry"] = rq.Retry(max=options["retries"], interval=round(options["retryInterval"] / 1000))

    def send(payload: bytes, priority: Optional[int]) -> None:
        args, kwargs = filled(options["args"], payload) if task else ([], {})
        queue.enqueue(
            task or "havoq.rq.message",
            args=args,
            kwargs=kwargs,
            job_id=f"{name}-{uuid.uuid4().hex}",
            meta={META: framework.marked(payload)},
            **more,
        )

    return send
