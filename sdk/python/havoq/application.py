"""A user's own application: finding it, and arguments for its tasks."""

import importlib
from typing import Any

from .records import PAYLOAD_HEADER


def find(path: str) -> Any:
    """What `module:name` or `module.name` stands for."""
    module, _, name = path.partition(":") if ":" in path else path.rpartition(".")
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def filled(template: Any, payload: bytes) -> Any:
    """Arguments from a template: "{sequence}", "{producer}" and "{key}" stand for those of the message."""
    _, _, _, producer, _, sequence, _, key, _ = PAYLOAD_HEADER.unpack_from(payload)
    values = {"{sequence}": sequence, "{producer}": producer, "{key}": key}

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            if value in values:
                return values[value]
            for name, each in values.items():
                value = value.replace(name, str(each))
            return value
        if isinstance(value, list):
            return [fill(each) for each in value]
        if isinstance(value, dict):
            return {name: fill(each) for name, each in value.items()}
        return value

    return (fill(template), {}) if isinstance(template, list) else ([], fill(template))
