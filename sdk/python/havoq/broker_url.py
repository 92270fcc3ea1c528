"""The address of a broker as the frameworks take it."""

from typing import Any, Dict
from urllib.parse import urlsplit

# What stands for a url where the user gave none: RabbitMQ has a user that everybody knows.
REDIS = "redis://"
AMQP = "amqp://guest:guest@"


def broker_url(endpoint: Dict[str, Any], default: str = REDIS) -> str:
    """Host and port of the endpoint, which may be havoq's proxy; user, password and path of the user's own url."""
    given = urlsplit(endpoint.get("url") or default)
    login = given.netloc.rpartition("@")[0]
    at = f"{login}@" if login else ""
    return f"{given.scheme}://{at}{endpoint['host']}:{endpoint['port']}{given.path}"
