"""The address of a Redis server as the frameworks take it."""

from typing import Any, Dict
from urllib.parse import urlsplit


def redis_url(endpoint: Dict[str, Any]) -> str:
    """Host and port of the endpoint, which may be havoq's proxy; user, password and database of the user's url."""
    given = urlsplit(endpoint.get("url") or "")
    login = given.netloc.rpartition("@")[0]
    return f"{given.scheme or 'redis'}://{login + '@' if login else ''}{endpoint['host']}:{endpoint['port']}{given.path}"
