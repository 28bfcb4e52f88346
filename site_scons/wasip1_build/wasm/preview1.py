"""Which functions WASI preview 1 has, and with which core WebAssembly types."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wasip1_build.wasm.types import FuncType

MODULE = "wasi_snapshot_preview1"


def _errno(*params: str) -> FuncType:
    """A function that returns an errno; what it yields besides goes through pointers."""
    return FuncType(params, ("i32",))


# From the interface description wasi_snapshot_preview1.witx, lowered to core types: handles, flags,
# pointers, lengths and enums are i32; sizes in files, offsets, times and rights are i64.
FUNCTIONS: Mapping[str, FuncType] = MappingProxyType(
    {
        "args_get": _errno("i32", "i32"),
        "args_sizes_get": _errno("i32", "i32"),
        "environ_get": _errno("i32", "i32"),
        "environ_sizes_get": _errno("i32", "i32"),
        "clock_res_get": _errno("i32", "i32"),
        "clock_time_get": _errno("i32", "i64", "i32"),
        "fd_advise": _errno("i32", "i64", "i64", "i32"),
        "fd_allocate": _errno("i32", "i64", "i64"),
        "fd_close": _errno("i32"),
        "fd_datasync": _errno("i32"),
        "fd_fdstat_get": _errno("i32", "i32"),
        "fd_fdstat_set_flags": _errno("i32", "i32"),
        "fd_fdstat_set_rights": _errno("i32", "i64", "i64"),
        "fd_filestat_get": _errno("i32", "i32"),
        "fd_filestat_set_size": _errno("i32", "i64"),
        "fd_filestat_set_times": _errno("i32", "i64", "i64", "i32"),
        "fd_pread": _errno("i32", "i32", "i32", "i64", "i32"),
        "fd_prestat_get": _errno("i32", "i32"),
        "fd_prestat_dir_name": _errno("i32", "i32", "i32"),
        "fd_pwrite": _errno("i32", "i32", "i32", "i64", "i32"),
        "fd_read": _errno("i32", "i32", "i32", "i32"),
        "fd_readdir": _errno("i32", "i32", "i32", "i64", "i32"),
        "fd_renumber": _errno("i32", "i32"),
        "fd_seek": _errno("i32", "i64", "i32", "i32"),
        "fd_sync": _errno("i32"),
        "fd_tell": _errno("i32", "i32"),
        "fd_write": _errno("i32", "i32", "i32", "i32"),
        "path_create_directory": _errno("i32", "i32", "i32"),
        "path_filestat_get": _errno("i32", "i32", "i32", "i32", "i32"),
        "path_filestat_set_times": _errno("i32", "i32", "i32", "i32", "i64", "i64", "i32"),
        "path_link": _errno("i32", "i32", "i32", "i32", "i32", "i32", "i32"),
        "path_open": _errno("i32", "i32", "i32", "i32", "i32", "i64", "i64", "i32", "i32"),
        "path_readlink": _errno("i32", "i32", "i32", "i32", "i32", "i32"),
        "path_remove_directory": _errno("i32", "i32", "i32"),
        "path_rename": _errno("i32", "i32", "i32", "i32", "i32", "i32"),
        "path_symlink": _errno("i32", "i32", "i32", "i32", "i32"),
        "path_unlink_file": _errno("i32", "i32", "i32"),
        "poll_oneoff": _errno("i32", "i32", "i32", "i32"),
        "proc_exit": FuncType(("i32",), ()),
        "proc_raise": _errno("i32"),
        "sched_yield": _errno(),
        "random_get": _errno("i32", "i32"),
        "sock_accept": _errno("i32", "i32", "i32"),
        "sock_recv": _errno("i32", "i32", "i32", "i32", "i32", "i32"),
        "sock_send": _errno("i32", "i32", "i32", "i32", "i32"),
        "sock_shutdown": _errno("i32", "i32"),
    }
)

# The names of the errnos by number, in the order of the interface description.
_ERRNOS = (
    "success 2big acces addrinuse addrnotavail afnosupport again already badf badmsg busy "
    "canceled child connaborted connrefused connreset deadlk destaddrreq dom dquot exist "
    "fault fbig hostunreach idrm ilseq inprogress intr inval io isconn isdir loop mfile "
    "mlink msgsize multihop nametoolong netdown netreset netunreach nfile nobufs nodev noent "
    "noexec nolck nolink nomem nomsg noprotoopt nospc nosys notconn notdir notempty "
    "notrecoverable notsock notsup notty nxio overflow ownerdead perm pipe proto "
    "protonosupport prototype range rofs spipe srch stale timedout txtbsy xdev notcapable"
)
ERRNOS: tuple[str, ...] = tuple(_ERRNOS.split())
