"""What havoq's messages carry and what a worker writes down: docs/agent-protocol.md, sections Payload and Record file."""

import os
import struct
import threading
import time
import zlib
from typing import Any, Dict, List, NamedTuple, Optional, Union

PAYLOAD_HEADER = struct.Struct("<HHIHHIQII")
PAYLOAD_MAGIC = 0x5148
CRC_OFFSET = 28

FILE_HEADER = struct.Struct("<IHBxHHI16x")
FILE_MAGIC = 0x52515648
FILE_VERSION = 1
ROLE_WORKER = 2

STARTED = struct.Struct("<BBHIHxxIQQ")
HANDLED = struct.Struct("<BBHIH6xQQ")
SETTLED = struct.Struct("<BBHIH6xQQ")
STRAY = struct.Struct("<B23xQ")
KIND = {"started": 3, "completed": 4, "failed": 5, "settled": 6, "corrupt": 7, "foreign": 8}

MASK_32 = 0xFFFFFFFF


class Message(NamedTuple):
    """The header of a payload that this run sent."""

    producer: int
    incarnation: int
    sequence: int
    due_ns: int
    key: int


def run_tag(run_id: str) -> int:
    """Short form of a run's id, as payloads and record files carry it."""
    return zlib.crc32(run_id.encode())


def payload_crc(payload: bytes) -> int:
    """CRC-32 of a payload with the CRC's own four bytes taken as zero."""
    head = zlib.crc32(b"\0\0\0\0", zlib.crc32(payload[:CRC_OFFSET]))
    return zlib.crc32(payload[PAYLOAD_HEADER.size :], head)


def open_payload(payload: bytes, tag: int) -> Union[Message, str]:
    """The header of a payload, or "corrupt" when its CRC is off, or "foreign" when another run sent it."""
    if len(payload) < PAYLOAD_HEADER.size:
        return "corrupt"
    magic, _, sent_tag, producer, incarnation, sequence, due_ns, key, crc = PAYLOAD_HEADER.unpack_from(payload)
    if magic != PAYLOAD_MAGIC or crc != payload_crc(payload):
        return "corrupt"
    return Message(producer, incarnation, sequence, due_ns, key) if sent_tag == tag else "foreign"


def derive_seed(seed: int, *place: int) -> int:
    """A seed for one part of a run (unsigned 32 bits), as deriveSeed of src/stats/random.ts."""
    value = seed & MASK_32
    for part in place:
        value = ((value ^ (part + 0x9E3779B9)) * 0x85EBCA6B) & MASK_32
        value = ((value ^ (value >> 13)) * 0xC2B2AE35) & MASK_32
        value ^= value >> 16
    return value


def hash_to_unit(seed: int, *place: int) -> float:
    """A number in [0, 1) that is a function of its place alone, as hashToUnit of src/stats/random.ts."""
    return derive_seed(seed, *place) / 2**32


class RecordFile:
    """
    Appends a worker's records, one write each; what was written outlives the process in the page cache. Times are read
    under the lock of the write, so that the file is in the order of its times.
    """

    def __init__(self, path: str, configure: Dict[str, Any], epoch_ns: int, shared: bool = False) -> None:
        """`shared`: several processes write the file, one after the other."""
        self._epoch_ns = epoch_ns
        self._lock = threading.Lock()
        self._counts = {"started": 0, "completed": 0, "failed": 0}
        self._recent_ns: List[int] = []
        exclusive = 0 if shared else os.O_EXCL
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | exclusive | os.O_APPEND, 0o644)
        if os.fstat(self._file).st_size > 0:
            return
        tag, index, incarnation = run_tag(configure["runId"]), configure["index"], configure["incarnation"]
        self._append(FILE_HEADER.pack(FILE_MAGIC, FILE_VERSION, ROLE_WORKER, index, incarnation, tag))

    def now_ns(self) -> int:
        """Time since the run's epoch."""
        return max(0, time.clock_gettime_ns(time.CLOCK_MONOTONIC) - self._epoch_ns)

    def started(self, message: Message, redelivered: Optional[bool]) -> int:
        """A delivery, before its handler runs; answers with its time."""
        flags = 0 if redelivered is None else 3 if redelivered else 1
        producer, incarnation, sequence, due_ns, key = message
        with self._lock:
            at_ns = self.now_ns()
            self._append(STARTED.pack(KIND["started"], flags, producer, sequence, incarnation, key, due_ns, at_ns))
            self._counts["started"] += 1
            self._recent_ns.append(at_ns - due_ns)
        return at_ns

    def handled(self, outcome: str, message: Message, delivered_ns: int = 0) -> None:
        """
        The end of a handler ("completed" or "failed"), before its delivery is settled; with the time of the delivery
        where no settled record will follow.
        """
        producer, incarnation, sequence, _, _ = message
        with self._lock:
            self._append(
                HANDLED.pack(KIND[outcome], 0, producer, sequence, incarnation, delivered_ns, self.now_ns())
            )
            self._counts[outcome] += 1

    def settled(self, message: Message, delivered_ns: int) -> None:
        """A delivery that was settled."""
        producer, incarnation, sequence, _, _ = message
        with self._lock:
            self._append(SETTLED.pack(KIND["settled"], 0, producer, sequence, incarnation, delivered_ns, self.now_ns()))

    def stray(self, kind: str) -> None:
        """A delivery that is no message of this run ("corrupt" or "foreign")."""
        with self._lock:
            self._append(STRAY.pack(KIND[kind], self.now_ns()))

    def stats(self) -> Dict[str, int]:
        """Counters since the start, and the end-to-end p99 since the last look."""
        with self._lock:
            counts, recent_ns, self._recent_ns = dict(self._counts), sorted(self._recent_ns), []
        if recent_ns:
            counts["endToEndP99Ns"] = recent_ns[(len(recent_ns) * 99 + 99) // 100 - 1]
        return counts

    def _append(self, record: bytes) -> None:
        while record:
            record = record[os.write(self._file, record) :]
