"""How long a handler of a scenario takes, and whether it fails: `workers.handle` and `workers.fail`."""

import math
import random
from typing import Any, Dict

from .records import Message, derive_seed, hash_to_unit

Json = Dict[str, Any]


def draw_handling_s(handle: Json, rng: random.Random) -> float:
    """Draws one handling time; configured in milliseconds, answered in seconds, never negative."""
    kind = handle["kind"]
    if kind == "constant":
        return handle["value"] / 1000
    if kind == "uniform":
        return rng.uniform(handle["min"], handle["max"]) / 1000
    if kind == "exponential":
        return -math.log(1 - rng.random()) * handle["mean"] / 1000
    if kind == "normal":
        return max(0.0, rng.gauss(handle["mean"], handle["deviation"])) / 1000
    raise ValueError(f"unknown handling time {kind}")


class Handling:
    """Handling times and failures as a scenario gives them; `place` tells this process from others of its run."""

    def __init__(self, configure: Json, *place: int) -> None:
        worker = configure["worker"]
        self._seed: int = configure["seed"]
        self._handle, self._fail = worker["handle"], worker["fail"]
        self._rng = random.Random(derive_seed(self._seed, configure["index"], configure["incarnation"], *place))

    def draw_s(self) -> float:
        """How long the next handler takes, in seconds."""
        return draw_handling_s(self._handle, self._rng)

    def fails(self, message: Message) -> bool:
        """Whether a handler of this message fails now; the same for every worker and attempt where it is poison."""
        unit = hash_to_unit(self._seed, message.producer, message.incarnation, message.sequence)
        return unit < self._fail["poison"] or self._rng.random() < self._fail["transient"]
