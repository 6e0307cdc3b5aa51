"""Routing rules: plain Python without I/O, clock, randomness or asyncio. Times: seconds since the epoch."""
