"""`rs-server serve` over https as its own process, on a host of the small internet."""

import asyncio
import contextlib
import datetime
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.demo import ROOT
from tests.support.netns import Internet, process

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for `name` that only we trust, and its key; good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_path, key_path


async def add_user(data: Path, name: str, role: str, password: str) -> None:
    """`rs-server user`, with the password on standard input."""
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rs_server", "user", name, "--role", role, "--queue", "support", "--data", str(data)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=ENVIRONMENT,
    )
    said, _ = await asyncio.wait_for(made.communicate(f"{password}\n".encode()), 30)
    if made.returncode != 0:
        raise RuntimeError(said.decode())


@contextlib.asynccontextmanager
async def serve(net: Internet, log: Path, *options: str, secret: str) -> AsyncIterator[None]:
    """The server on its host; ready when it says so."""
    command = net.inside("server", sys.executable, "-m", "rs_server", "serve", *options)
    async with process(command, log, env={**ENVIRONMENT, "DESKSIDE_TURN_SECRET": secret}) as running:
        assert running.stdout is not None
        line = await asyncio.wait_for(running.stdout.readline(), 30)
        if b"ready" not in line:
            raise RuntimeError(f"the server did not start:\n{log.read_text()[-4000:]}")
        yield


@contextlib.asynccontextmanager
async def coturn(net: Internet, log: Path, *, secret: str) -> AsyncIterator[None]:
    """The relay as `docker/turnserver.conf` sets it up."""
    options = (
        *("-c", str(ROOT / "docker" / "turnserver.conf"), f"--static-auth-secret={secret}"),
        *("--listening-ip=198.51.100.5", "--relay-ip=198.51.100.5", f"--pidfile={log.parent / 'turnserver.pid'}"),
    )
    async with process(net.inside("relay", "turnserver", *options), log) as running:
        assert running.stdout is not None
        drain = None
        try:
            async with asyncio.timeout(20):
                async for line in running.stdout:
                    if b"admin thread" in line:
                        break
                else:
                    raise RuntimeError("the relay did not start")
            drain = asyncio.create_task(running.stdout.read())
            yield
        finally:
            if drain is not None:
                running.terminate()
                await drain
