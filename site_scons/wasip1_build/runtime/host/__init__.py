"""Serves an artifact to a Python program: compiled once, run many times, under its grants.

from wasip1_build.runtime.host import Host

with Host.open("build/hello/hello.manifest.json") as host:
    result = host.invoke(args=("world",))
"""

from wasip1_build.findings import Failure
from wasip1_build.runtime.host.host import Host
from wasip1_build.runtime.host.invocation import Ended, Invocation

__all__ = ["Ended", "Failure", "Host", "Invocation"]
