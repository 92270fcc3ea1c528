"""
Celery under test: `app` is havoq's own application, or the user's (`options.app`) as it is. The records come from
Celery's own signals: `task_prerun` and `task_postrun` run in the pool's process, before the worker acks late.
"""

import os
import threading
from typing import Any, Callable, Dict, Optional

import celery
from celery import signals
from kombu import Exchange, Queue

from . import framework
from .application import filled, find
from .broker_url import AMQP, broker_url

Json = Dict[str, Any]
HEADER = "havoq"
TASK = "havoq.message"
HIGHEST_PRIORITY = 9


def configured(app: "celery.Celery", run: Json) -> "celery.Celery":
    """Points an application to the run's broker and queue, and gives it the options that the scenario has."""
    options, endpoint, queue = run["options"], run["endpoint"], run["runId"]
    transport = options["broker"]
    rabbit = transport == "rabbitmq"
    url = broker_url(endpoint, AMQP) if rabbit else broker_url(endpoint)
    arguments = {"x-max-priority": HIGHEST_PRIORITY} if rabbit and options["priorities"] else {}
    transport_options = {**(app.conf.broker_transport_options or {})}
    if rabbit:
        transport_options.update(confirm_publish=options["confirmPublish"])
    else:
        transport_options.update(
            visibility_timeout=options["visibilityTimeout"] / 1000,
            global_keyprefix=f"havoq:{queue}:",
            socket_connect_timeout=5,
        )
        if options["priorities"]:
            transport_options.update(priority_steps=list(range(HIGHEST_PRIORITY + 1)), queue_order_strategy="priority")
    app.conf.update(
        broker_url=url,
        broker_transport_options=transport_options,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_default_queue=queue,
        task_queues=[Queue(queue, Exchange(queue), routing_key=queue, queue_arguments=arguments)],
        task_publish_retry=options["publishRetry"],
        result_backend=url if options["results"] == "redis" else "rpc://" if options["results"] == "rpc" else None,
        task_ignore_result=options["results"] == "off",
        worker_prefetch_multiplier=options["prefetchMultiplier"],
        worker_hijack_root_logger=False,
        enable_utc=True,
    )
    if options.get("app") is None:
        app.conf.update(
            task_acks_late=options["acksLate"],
            task_reject_on_worker_lost=options["rejectOnWorkerLost"],
            task_acks_on_failure_or_timeout=options["acksOnFailure"],
        )
    return app


def own_app(options: Json) -> "celery.Celery":
    """An application whose only task does what the scenario says of handlers."""
    app = celery.Celery("havoq")
    retrying: Json = {}
    if options["retries"] > 0:
        retrying = {"autoretry_for": (Exception,), "max_retries": options["retries"]}
        delay_s = options["retryDelay"] / 1000
        if options["backoff"]:
            retrying.update(retry_backoff=max(1, round(delay_s)), retry_jitter=False)
        else:
            retrying.update(default_retry_delay=delay_s, retry_kwargs={"countdown": delay_s})

    @app.task(bind=True, name=TASK, rate_limit=options["rateLimit"], **retrying)
    def message(self: Any, payload: str) -> None:
        attempt = attempts.get(self.request.id)
        if attempt is not None:
            attempt.handle()

    return app


def make_app(run: Json) -> "celery.Celery":
    """The application under test, pointed to the run's broker."""
    name = run["options"].get("app")
    app = own_app(run["options"]) if name is None else find(name)
    return configured(app, run)


class Attempts(threading.local):
    """The deliveries that this thread handles, by the id of their task."""

    def __init__(self) -> None:
        self._by_id: Dict[str, framework.Attempt] = {}

    def get(self, task_id: str) -> Optional[framework.Attempt]:
        return self._by_id.get(task_id)

    def put(self, task_id: str, attempt: framework.Attempt) -> None:
        self._by_id[task_id] = attempt

    def take(self, task_id: str) -> Optional[framework.Attempt]:
        return self._by_id.pop(task_id, None)


attempts = Attempts()


def payload_of(request: Any) -> Optional[bytes]:
    """The payload that came with a task: in a header of ours, or as the argument of our own task."""
    header = (request.headers or {}).get(HEADER) or getattr(request, HEADER, None)
    if header is None and request.task == TASK and request.args:
        header = request.args[0]
    return framework.unmarked(header)


def redelivered(request: Any, transport: str) -> Optional[bool]:
    """What the broker tells of an earlier delivery; only RabbitMQ says of a first one that it is."""
    told = (request.delivery_info or {}).get("redelivered")
    if told or request.retries:
        return True
    return False if transport == "rabbitmq" and told is not None else None


def record(session: framework.Session) -> None:
    """Writes down what the worker's tasks do."""
    transport = session.options["broker"]

    @signals.task_prerun.connect(weak=False)
    def prerun(task_id: str, task: Any, **_: Any) -> None:
        payload = payload_of(task.request)
        if payload is not None:
            attempts.put(task_id, session.started(payload, redelivered(task.request, transport)))

    @signals.task_postrun.connect(weak=False)
    def postrun(task_id: str, state: Optional[str] = None, **_: Any) -> None:
        attempt = attempts.take(task_id)
        if attempt is not None:
            attempt.ended("completed" if state == "SUCCESS" else "failed")

    @signals.worker_ready.connect(weak=False)
    def ready(**_: Any) -> None:
        session.ready()

    session.watch_log("celery")


def enqueuer(run: Json) -> Callable[[bytes, Optional[int]], None]:
    """Sends each message with `apply_async`."""
    options = run["options"]
    app = make_app(run)
    task = app.tasks[TASK] if options.get("task") is None else find_task(app, options["task"])
    own, queue, countdown = options.get("app") is not None, run["runId"], options["countdown"] / 1000
    template = options["args"]

    def send(payload: bytes, priority: Optional[int]) -> None:
        text = framework.marked(payload)
        more: Json = {} if priority is None else {"priority": priority_of(priority, options["broker"])}
        if countdown > 0:
            more["countdown"] = countdown
        if own:
            more["headers"] = {HEADER: text}
        args, kwargs = filled(template, payload) if own else ([text], {})
        task.apply_async(args=args, kwargs=kwargs, queue=queue, **more)

    return send


def priority_of(priority: int, transport: str) -> int:
    """Celery on Redis has its most urgent priority at 0, on RabbitMQ at the end."""
    return HIGHEST_PRIORITY - priority if transport == "redis" else priority


def find_task(app: "celery.Celery", name: str) -> Any:
    """A task of the user's by its registered name, or by the path of its function."""
    app.loader.import_default_modules()
    return app.tasks[name] if name in app.tasks else find(name)


if "HAVOQ_WORKER" in os.environ:
    _session = framework.session()
    _run = {**_session.configure, "endpoint": _session.worker["endpoint"]}
    record(_session)
    app = make_app(_run)
