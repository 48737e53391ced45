"""The load generator: a process of its own, loopback only, bounded in time and count.

It reads a plan as JSON from standard input and writes what happened as JSON to standard output.
Plain sockets because `http.client` costs as much per request as the pages measured here.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 30
NO_BODY = {204, 304}


@dataclass(frozen=True)
class Plan:
    """What to send."""

    port: int
    requests: Sequence[str]
    """Whole requests, head and body."""
    clients: int
    seconds: float
    """At most this long."""
    limit: int
    """At most this many."""
    is_once: bool = False
    """True: each request once, shared among the clients; otherwise round and round."""


@dataclass
class Outcome:
    """What happened."""

    done: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.done / self.seconds


def get(path: str, **headers: str) -> str:
    """Return a GET as a browser sends it; underscores in header names become hyphens."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "Accept: text/html"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines) + "\r\n\r\n"


def run(plan: Plan) -> Outcome:
    """Let a process of its own do `plan`; raises `RuntimeError` when nothing was answered."""
    finished = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)), text=True, capture_output=True, check=True,
        timeout=plan.seconds + 2 * TIMEOUT_SECONDS,
    )  # fmt: skip
    outcome = Outcome(**json.loads(finished.stdout))
    if not outcome.done or outcome.errors:
        raise RuntimeError(f"the load did not go through: {outcome.errors[:3]}")
    return outcome


class _Client:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._rest = b""

    def send(self, request: bytes) -> int:
        """Send one request and read its whole answer; its status."""
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self._port), TIMEOUT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._rest = b""
        self._socket.sendall(request)
        head, received = self._read_head()
        status = int(head[9:12])
        lowered = head.lower()
        length = 0 if status in NO_BODY else _content_length(lowered)
        while len(received) < length:
            received += self._receive()
        self._rest = received[length:]
        if b"connection: close" in lowered:
            self._socket.close()
            self._socket = None
        return status

    def _read_head(self) -> tuple[bytes, bytes]:
        received = self._rest
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        return received[:end], received[end + 4 :]

    def _receive(self) -> bytes:
        assert self._socket is not None
        part = self._socket.recv(262_144)
        if not part:
            raise ConnectionError("closed in the middle of an answer")
        return part


def _content_length(head: bytes) -> int:
    at = head.find(b"content-length:")
    if at < 0:
        raise ConnectionError("an answer without its length")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


def _turns(plan: Plan, deadline: float) -> Iterator[bytes]:
    """Give requests until time or number are used up; shared by all threads, hence the lock."""
    encoded = [r.encode() for r in plan.requests]
    limit = min(plan.limit, len(encoded)) if plan.is_once else plan.limit
    for number in count():
        if number >= limit or time.perf_counter() >= deadline:
            return
        yield encoded[number % len(encoded)]


def _work(plan: Plan, turns: Iterator[bytes], lock: threading.Lock, total: Outcome) -> None:
    client, statuses, longest, error = _Client(plan.port), Counter[str](), 0.0, ""
    while True:
        with lock:
            request = next(turns, None)
        if request is None or error:
            break
        start = time.perf_counter()
        try:
            statuses[str(client.send(request))] += 1
        except (OSError, ValueError) as problem:
            error = repr(problem)
        longest = max(longest, time.perf_counter() - start)
    with lock:
        total.done += statuses.total()
        total.longest = max(total.longest, longest)
        total.statuses = dict(Counter(total.statuses) + statuses)
        total.errors += [error] if error else []


def main() -> None:
    """Do the plan of standard input."""
    plan = Plan(**json.load(sys.stdin))
    total, lock = Outcome(), threading.Lock()
    start = time.perf_counter()
    turns = _turns(plan, start + plan.seconds)
    threads = [
        threading.Thread(target=_work, args=(plan, turns, lock, total)) for _ in range(plan.clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total.seconds = time.perf_counter() - start
    json.dump(asdict(total), sys.stdout)


if __name__ == "__main__":
    main()
