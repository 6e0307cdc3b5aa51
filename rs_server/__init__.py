"""Deskside: remote support and co-browsing with a contact-centre queue."""

__version__ = "0.1.0"
