"""A worker for redis-list that has no SDK: it tells in JSON events what its handlers do. One handler at a time."""

import base64
import json
import select
import socket
import sys
import time


def command(stream, *words):
    """Sends one command of Redis and reads its answer: a text, an array of texts, or None."""
    stream.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    stream.flush()
    return read(stream)


def read(stream):
    line = stream.readline().rstrip()
    if line[:1] == b"*":
        return None if line == b"*-1" else [read(stream) for _ in range(int(line[1:]))]
    return None if line == b"$-1" else stream.read(int(line[1:]) + 2)[:-2]


def tell(**event):
    print(json.dumps(event), flush=True)


tell(type="hello", protocol=2)
configure = json.loads(sys.stdin.readline())
endpoint = configure["worker"]["endpoint"]
redis = socket.create_connection((endpoint["host"], endpoint["port"])).makefile("rwb")
tell(type="ready")
sys.stdin.readline()
# The next line is "stop", or the end.
while not select.select([sys.stdin], [], [], 0)[0]:
    taken = command(redis, b"BRPOP", f"havoq:{configure['runId']}".encode(), b"1")
    if taken:
        message = base64.b64encode(taken[1][:32]).decode()
        tell(started=message)
        time.sleep(configure["worker"]["handle"]["value"] / 1000)
        tell(completed=message)
