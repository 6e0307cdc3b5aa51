"""The X server, as capture and inject both need it."""
