"""Makes a worker of yours one that havoq can test: docs/agent-protocol.md."""

from .worker import Run, worker

__all__ = ["Run", "worker"]
