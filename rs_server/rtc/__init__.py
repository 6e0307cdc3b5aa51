"""Encoded media over WebRTC: packets in, packets out, nothing decoded.

The only package that touches private parts of aiortc and aioice; `tests/unit/rtc/test_seams.py` fails when
they change. It knows nothing else of ours.
"""
