"""A worker for redis-list with one mistake, named by its first argument: what `havoq check-worker` is tried with."""

import sys

sys.dont_write_bytecode = True

import os
import signal
import threading
import time

import redis_list_worker
from havoq import agent
from havoq.records import RecordFile

MISTAKE = sys.argv[1]


def forever() -> None:
    threading.Event().wait()


def says_nothing() -> None:
    forever()


def speaks_another_version() -> None:
    agent.PROTOCOL_VERSION = 9


def dies_of_ctrl_c() -> None:
    ignore = signal.signal
    signal.signal = lambda number, act: None if number == signal.SIGINT else ignore(number, act)
    ignore(signal.SIGINT, signal.SIG_DFL)


def outlives_havoq() -> None:
    end = os._exit
    # Only the end of standard input has no order before it.
    os._exit = lambda code: end(code) if agent_was_stopped else forever()


def is_never_ready() -> None:
    redis_list_worker.RedisListWorker.connect = lambda self: forever()


def tells_the_time_of_day() -> None:
    RecordFile.now_ns = lambda self: time.time_ns()


def counts_wrongly() -> None:
    stats = RecordFile.stats
    RecordFile.stats = lambda self: {**stats(self), "started": 7}


def runs_too_many() -> None:
    init = redis_list_worker.RedisListWorker.__init__

    def twice(self, configure, report):
        configure["worker"]["concurrency"] *= 2
        init(self, configure, report)

    redis_list_worker.RedisListWorker.__init__ = twice


def forgets_the_end() -> None:
    RecordFile.handled = lambda self, outcome, message, delivered_ns=0: None


def keeps_records_in_memory() -> None:
    held = []
    append, stats = RecordFile._append, RecordFile.stats

    def hold(self, record):
        held.append(record)
        if len(held) >= 500 or len(held) == 1:
            flush(self)

    def flush(self):
        append(self, b"".join(held))
        held[:] = [b""]

    def at_the_end(self):
        if agent_was_stopped:
            flush(self)
        return stats(self)

    RecordFile._append, RecordFile.stats = hold, at_the_end


def tells_of_a_start_at_the_end() -> None:
    started, handled = RecordFile.started, RecordFile.handled
    RecordFile.started = lambda self, message, redelivered: 1

    def both(self, outcome, message, delivered_ns=0):
        started(self, message, None)
        handled(self, outcome, message)

    RecordFile.handled = both


def does_not_stop() -> None:
    agent.Agent._stop = lambda self: None


agent_was_stopped = False
stop = agent.Agent._stop


def note_stop(self):
    global agent_was_stopped
    agent_was_stopped = True
    stop(self)


agent.Agent._stop = note_stop
globals()[MISTAKE]()
agent.run(redis_list_worker.RedisListWorker)
