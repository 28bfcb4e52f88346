"""What the examples are given to read: the same bytes each time, as many as are asked for."""

from __future__ import annotations

STATUSES = (200, 200, 302, 404, 200, 503)
PATHS = ("/", "/orders/17", "/login", "/search?q=caf\\u00e9")


def json_lines(count: int) -> bytes:
    """Lines for the example jsonl, of which a sixth has a status of 500 or more."""
    return "".join(
        f'{{"ts":"{_time(number)}","status":{STATUSES[number % 6]},"took_ms":{number % 97}.5,'
        f'"request":{{"method":"GET","path":"{PATHS[number % 4]}"}}}}\n'
        for number in range(count)
    ).encode()


def access_log(count: int) -> bytes:
    """Lines for the example aggregate. Each is in a minute of its own, and so makes a record."""
    return "".join(
        f"ts={_time(number)} level=info method=GET path=/orders/17 status=200 dur=12.5ms "
        f"bytes={number % 9000}\n"
        for number in range(count)
    ).encode()


def _time(minute: int) -> str:
    """A minute of March 2026, which has 44,640."""
    hours, minutes = divmod(minute, 60)
    days, hours = divmod(hours, 24)
    return f"2026-03-{days + 1:02}T{hours:02}:{minutes:02}:00.100Z"
