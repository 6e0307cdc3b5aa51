"""Records of a page: what is written is read, also when the writer was stopped."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rs_server.core.page_record import Packer, Record, RecordKind, pack, unpack

RECORDS = st.builds(
    Record, st.integers(0, 2**32 - 1), st.sampled_from(RecordKind), st.integers(0, 2**32 - 1), st.binary(max_size=50)
)


@given(st.lists(RECORDS, max_size=20))
def test_what_is_written_is_read(records: list[Record]) -> None:
    packer = Packer()
    stored = b"".join(packer.add(pack(record)) for record in records) + packer.end()
    assert list(unpack(stored)) == records
    assert zlib.decompress(stored, wbits=31) == b"".join(map(pack, records)), "as any gzip reader does"


def test_the_bytes_of_a_record() -> None:
    record = Record(0x0102, RecordKind.ACT, 0x0A0B, b"{}")
    assert pack(record) == bytes.fromhex("00000002 00000102 01 00000a0b") + b"{}"


@given(st.lists(RECORDS, min_size=1, max_size=10), st.data())
def test_a_writer_that_was_stopped_left_all_that_it_flushed(records: list[Record], data: st.DataObject) -> None:
    packer = Packer()
    flushed = [packer.add(pack(record)) for record in records]
    kept = data.draw(st.integers(1, len(records)))
    torn = data.draw(st.integers(0, len(flushed[kept]) if kept < len(flushed) else 0))
    stored = b"".join(flushed[:kept]) + (flushed[kept][:torn] if kept < len(flushed) else b"")
    read = list(unpack(stored))
    assert read[:kept] == records[:kept]
    assert len(read) <= len(records)


def test_what_is_no_recording() -> None:
    with pytest.raises(ValueError, match="header"):
        list(unpack(b"webm, perhaps"))
