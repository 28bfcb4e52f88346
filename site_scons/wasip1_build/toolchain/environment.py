"""Which environment variables Go gets: those that decide its output from us, the rest from the
user."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from wasip1_build.toolchain.store import home_directory
from wasip1_build.toolchain.tool import Tool

# What decides the bytes that Go makes, or which Go makes them. GOENV=off because the user's go env
# file counts even where the variable is set and empty. GOWORK is not here: which workspace counts
# is part of the Go context, and Go finds it.
DECISIVE = {
    "GOENV": "off",
    "GOFLAGS": "",
    "GOEXPERIMENT": "",
    "GOWASM": "",
    "GOFIPS140": "off",
    "GOTOOLCHAIN": "local",
    "GO111MODULE": "on",
    "GOOS": "wasip1",
    "GOARCH": "wasm",
    "CGO_ENABLED": "0",
    "LC_ALL": "C",
    "TZ": "UTC",
}

# Where modules and cached results come from, but not what they are: go.sum decides that.
GO_PLACES = (
    "GOAUTH",
    "GOCACHE",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "GOVCS",
)

# The same for what Go reads from the process alone. PATH finds git, for modules that come from a
# repository; with CGO_ENABLED=0 Go runs no other program from it.
PROCESS_PLACES = (
    "GIT_SSH_COMMAND",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "PATH",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)


def go_environment(environ: Mapping[str, str], tool: Tool) -> dict[str, str]:
    """The whole environment for one Go, from this process's own and the user's go env file.

    Reads at most one file, and tolerates that it is missing or damaged, as Go does.
    """
    stored = user_settings(environ)
    # An empty variable counts as not set: so does Go see it.
    values = {name: environ.get(name) or stored.get(name) for name in (*GO_PLACES, "GOPATH")}
    gopath = values.pop("GOPATH")
    if gopath and not values["GOMODCACHE"]:
        # Go's default for it is in GOPATH, which itself is not passed on.
        values["GOMODCACHE"] = str(Path(gopath.split(":")[0]) / "pkg" / "mod")
    values |= {name: environ.get(name) for name in PROCESS_PLACES}
    values["HOME"] = values["HOME"] or str(home_directory(environ))
    values["PATH"] = values["PATH"] or "/usr/bin:/bin"
    given = {name: value for name, value in values.items() if value}
    # The tree whose files were hashed is the one that is used.
    root = tool.root or tool.path.parent.parent
    return {**given, **DECISIVE, "GOROOT": str(root)}


def user_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """What `go env -w` has stored: lines NAME=VALUE; others count for nothing."""
    path = user_settings_path(environ)
    if path is None:
        return {}
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return {}
    settings = {}
    for line in text.split("\n"):
        name, equals, value = line.partition("=")
        if equals and name[:1].isupper():  # as cmd/go's readEnvFile, where the last line counts
            settings[name] = value
    return settings


def user_settings_path(environ: Mapping[str, str]) -> Path | None:
    """The user's go env file: $GOENV, else go/env in os.UserConfigDir(); None where it is off."""
    if environ.get("GOENV"):
        return None if environ["GOENV"] == "off" else Path(environ["GOENV"])
    if sys.platform == "darwin":
        return home_directory(environ) / "Library" / "Application Support" / "go" / "env"
    config = environ.get("XDG_CONFIG_HOME") or home_directory(environ) / ".config"
    return Path(config) / "go" / "env"
