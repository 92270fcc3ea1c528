"""
Dramatiq under test: a middleware, the last one, so that its `after_process_message` comes before that of Retries and
before the ack in `post_process_message`.
"""

import os
from typing import Any, Callable, Dict, Optional

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker

from . import framework
from .broker_url import AMQP, broker_url

Json = Dict[str, Any]


def queue_of(run: Json) -> str:
    """The queue of a run: a name of Dramatiq's begins with a letter."""
    return f"havoq-{run['runId']}"


def make_broker(run: Json) -> dramatiq.Broker:
    """The broker of a run, with Dramatiq's own middleware."""
    options = run["options"]
    if options["broker"] == "rabbitmq":
        url = broker_url(run["endpoint"], AMQP)
        return RabbitmqBroker(url=url, confirm_delivery=options["confirmDelivery"])
    return RedisBroker(
        url=broker_url(run["endpoint"]),
        namespace=f"havoq:{run['runId']}",
        heartbeat_timeout=options["heartbeatTimeout"],
        maintenance_chance=options["maintenanceChance"],
    )


def declare(broker: dramatiq.Broker, run: Json) -> Any:
    """havoq's own actor: takes its time, and fails when it is to."""
    options = run["options"]

    @dramatiq.actor(
        broker=broker,
        queue_name=queue_of(run),
        max_retries=options["maxRetries"],
        min_backoff=options["minBackoff"],
        max_backoff=options["maxBackoff"],
        time_limit=options["timeLimit"],
    )
    def message(payload: str) -> None:
        attempt = running.get(payload)
        if attempt is not None:
            attempt.handle()

    return message


running: Dict[str, framework.Attempt] = {}


class Records(dramatiq.Middleware):
    """Writes down what becomes of each delivery."""

    def __init__(self, session: framework.Session) -> None:
        self._session = session

    def after_worker_boot(self, broker: Any, worker: Any) -> None:
        self._session.ready()

    def before_process_message(self, broker: Any, message: Any) -> None:
        payload = framework.unmarked(message.args[0]) if message.args else None
        if payload is not None:
            again = message.options.get("retries", 0) > 0 or getattr(message, "redelivered", False)
            running[message.args[0]] = self._session.started(payload, True if again else None)

    def after_process_message(self, broker: Any, message: Any, *, result: Any = None, exception: Any = None) -> None:
        attempt = running.pop(message.args[0], None) if message.args else None
        if attempt is not None:
            attempt.ended("failed" if exception else "completed")


def enqueuer(run: Json) -> Callable[[bytes, Optional[int]], None]:
    """Sends each message with `send`."""
    actor = declare(make_broker(run), run)

    def send(payload: bytes, priority: Optional[int]) -> None:
        actor.send(framework.marked(payload))

    return send


if "HAVOQ_WORKER" in os.environ:
    _session = framework.session()
    _run = {**_session.configure, "endpoint": _session.worker["endpoint"]}
    broker = make_broker(_run)
    broker.add_middleware(Records(_session))
    dramatiq.set_broker(broker)
    declare(broker, _run)
    _session.watch_log("dramatiq")
