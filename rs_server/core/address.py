"""Addresses of a company's pages: what of them may be known."""

from urllib.parse import urlsplit


def origin_and_path(text: str) -> str:
    """Origin and path, nothing more: a query or fragment may be a token. Empty for what is no address of the web."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host and parts.scheme in ("http", "https") else ""
