"""A headless Chromium that opens a page and says what it shows, through its DevTools protocol.

The protocol is spoken over two pipes (--remote-debugging-pipe: JSON messages, each ended by a zero
byte), so that neither a port nor a package is needed:
https://chromedevtools.github.io/devtools-protocol.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "WASIP1_CHROMIUM"
MISSING = f"needs a Chromium: install `chromium`, or name its program in {VARIABLE}"
TIMEOUT_S = 60.0  # of one command: a busy machine is slow, and a hang is to end
OPTIONS = (
    *("--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars"),
    *("--no-first-run", "--no-default-browser-check", "--disable-background-networking"),
    *("--disable-component-update", "--disable-extensions", "--disable-sync", "--mute-audio"),
    *("--disable-dev-shm-usage", "--force-color-profile=srgb"),
)


def chromium() -> str | None:
    """The program, or None."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if os.access(named, os.X_OK) else None
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One process with one page at a time. Commands raise RuntimeError where they fail."""

    def __init__(self, write: int, read: int) -> None:
        self._write = write
        self._read = read
        self._buffer = b""
        self._number = 0
        self._session = ""
        self._loads = 0
        self.console: list[str] = []  # errors and warnings, and what was thrown
        self.requests: list[str] = []  # the addresses of everything that was asked for

    def attach(self) -> None:
        """Makes the page that all else is about."""
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        attached = self.command("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.command(f"{domain}.enable")

    def open(self, page: Path, fragment: str = "") -> None:
        """Opens a file and waits until it is loaded."""
        for address in ("about:blank", page.resolve().as_uri() + fragment):
            self.console.clear()
            self.requests.clear()
            before = self._loads
            self.command("Page.navigate", url=address)
            end = time.monotonic() + TIMEOUT_S
            while self._loads == before:
                self._note(self._next(end, address))

    def painted_ms(self) -> float:
        """When all that is loaded is drawn, from when it was asked for: this long at most."""
        drawn = "requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))"
        return float(self.value(f"new Promise(done => {drawn})"))

    def value(self, expression: str) -> Any:
        """What a JavaScript expression comes to, once it is settled."""
        found = self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"]))
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Presses a key: "Tab", "Enter", "ArrowDown", "a"."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "Backspace": 8}
        codes |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "/": 191}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        known = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, 0)}
        self.command("Input.dispatchKeyEvent", type="keyDown", text=text, **known)
        self.command("Input.dispatchKeyEvent", type="keyUp", **known)

    def screen(self, width: int, height: int, *features: tuple[str, str]) -> None:
        """Sets the size of the window, and media features ("prefers-color-scheme", "dark")."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        listed = [{"name": name, "value": value} for name, value in features]
        self.command("Emulation.setEmulatedMedia", features=listed)

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """Writes a PNG of what is shown."""
        data = self.command("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        file.write_bytes(base64.b64decode(data))

    def command(self, method: str, **parameters: Any) -> Any:
        """Sends a command and waits for its answer; what happens meanwhile is noted."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + TIMEOUT_S
        while True:
            answer = self._next(end, method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer)

    def _next(self, end: float, what: str) -> Any:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise RuntimeError(f"{what}: no answer within {TIMEOUT_S:g} s")
            data = os.read(self._read, 1 << 20)
            if not data:
                raise RuntimeError(f"{what}: Chromium has ended")
            self._buffer += data
        first, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(first)

    def _note(self, event: Any) -> None:
        method, about = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self._loads += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.console.append(json.dumps(about["exceptionDetails"]))
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("warning", "error"):
            self.console.append(about["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("warning", "error"):
            self.console.append(json.dumps(about["args"]))


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Starts a Chromium, and ends it with all that it has started."""
    with tempfile.TemporaryDirectory(prefix="wasip1-chromium-", ignore_cleanup_errors=True) as made:
        place = Path(made)
        for pipe in ("in", "out"):
            os.mkfifo(place / pipe)
        # Its own sandbox needs a user that is not root.
        sandbox = ("--no-sandbox",) if os.getuid() == 0 else ()
        argv = (program, *OPTIONS, *sandbox, f"--user-data-dir={place / 'profile'}", "about:blank")
        run = ("/bin/sh", "-c", 'exec "$@" 3<in 4>out', "sh", *argv)
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(
                run, cwd=place, stdout=log, stderr=log, start_new_session=True
            )
        write, read = os.open(place / "in", os.O_WRONLY), os.open(place / "out", os.O_RDONLY)
        try:
            found = Browser(write, read)
            found.attach()
            yield found
        finally:
            os.close(write)
            os.close(read)
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
