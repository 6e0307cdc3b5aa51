"""Settings of the media engine."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class MediaSettings:
    """How media is carried."""

    worker_count: int = 1
    """Worker processes to start; 0 when they are started elsewhere and connect to `listen`."""
    addresses: tuple[str, ...] | None = None
    """Local addresses for media; None = all of the machine's, without loopback."""
    public_address: str | None = None
    """Address under which endpoints reach us when it is not one of ours."""
    ports: tuple[int, int] | None = None
    """Lowest and highest UDP port for media; None = any."""
    listen: str | None = None
    """`tcp:HOST:PORT` or `unix:PATH` for workers; None = a socket of our own."""
    secret: str | None = None
    """What workers must know; None = made at start."""

    @classmethod
    def for_host(cls, host: str, **settings: object) -> "MediaSettings":
        """Settings of a server that listens on `host`: one on loopback carries media on loopback alone."""
        base = cls(**settings)  # type: ignore[arg-type]
        if base.addresses is None and host in ("localhost", "127.0.0.1", "::1"):
            return replace(base, addresses=("::1",) if host == "::1" else ("127.0.0.1",))
        return base
