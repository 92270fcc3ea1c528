"""Addresses of brokers, as clients of Python want them."""

from typing import Any, Dict
from urllib.parse import urlsplit


def redis_url(endpoint: Dict[str, Any]) -> str:
    """The address of a Redis server; user, password and database are those of the url that the user gave."""
    given = urlsplit(endpoint.get("url") or "")
    login = given.netloc.rpartition("@")[0]
    at = f"{login}@" if login else ""
    return f"{given.scheme or 'redis'}://{at}{endpoint['host']}:{endpoint['port']}{given.path or '/'}"
