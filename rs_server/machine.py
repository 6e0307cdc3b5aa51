"""What a server takes of the machine that it stands on: clock, folder, port, certificate, key."""

import contextlib
import os
import secrets
import socket
import ssl
import time
from pathlib import Path


class WallClock:
    def now(self) -> float:
        return time.time()


def make_folder(folder: Path) -> None:
    """Of the data: with it come recordings and the installation's key, nobody else's to read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def listen(host: str, port: int) -> socket.socket:
    """Raises `OSError` that names address and port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}") from error
    return sock


def tls(certificate: str, key: str) -> ssl.SSLContext | None:
    """None without a certificate. `key` may be in the same file."""
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key or None)
    return context


def installation_key(folder: Path) -> bytes:
    """The installation's own key, made at its first start, by whichever server is first."""
    path = folder / "secret.key"
    if not path.exists():
        # Whole or not at all: an empty key would be worse than none.
        fresh = folder / f"secret.key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes()
