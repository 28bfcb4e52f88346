"""The host of the checks: takes batches as the real one does, and refuses malformed ones.

A check with `host = "testdata/host.py"` finds its functions here under the names in
imports.host. Each is called with `guest` first, then with the parameters of the wasm function.
guest.read(pointer, length) gives bytes of the module's memory; guest.write(pointer, data)
changes it. An exception ends the run, and the check fails with its text.
"""

import json
import re

FIELDS = {
    "window": str,
    "method": str,
    "route": str,
    "status": str,
    "count": int,
    "bytes": int,
    "duration_us_sum": int,
    "duration_us_max": int,
}
WINDOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
KEY = ("window", "method", "route", "status")

last = ()  # the key of the last record: this file is run anew for each check


def emit_batch(guest, pointer, length):
    global last
    batch = json.loads(guest.read(pointer, length))
    if list(batch) != ["records"] or not batch["records"]:
        raise ValueError(f"a batch is one list of records, and not empty: {batch}")
    for record in batch["records"]:
        check_record(record)
        key = tuple(record[name] for name in KEY)
        if key <= last:
            raise ValueError(f"{key} after {last}: records come in order, each only once")
        last = key


def check_record(record):
    types = {name: type(value) for name, value in record.items()}
    if types != FIELDS:
        raise ValueError(f"fields {types}, want {FIELDS}")
    if not WINDOW.fullmatch(record["window"]):
        raise ValueError(f"window {record['window']!r} is no whole second of UTC")
    if record["count"] < 1 or record["duration_us_max"] > record["duration_us_sum"]:
        raise ValueError(f"impossible numbers: {record}")


functions = {"env.emit_batch": emit_batch}
