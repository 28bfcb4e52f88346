"""The host of github.com/knqyf263/go-plugin's example, as far as its guest asks it."""


def field(text):
    """A protobuf message of one field, number 1, of bytes."""
    return b"\x0a" + bytes([len(text)]) + text


def log(guest, pointer, length):
    message = guest.read(pointer, length)
    if message != field(b"Sending a HTTP request..."):
        raise ValueError(f"not the message: {message}")
    return 0


def http_get(guest, pointer, length):
    request = guest.read(pointer, length)
    if request != field(b"http://ifconfig.me"):
        raise ValueError(f"not the request: {request}")
    return 0


functions = {"env.log": log, "env.http_get": http_get}
