"""Nothing private is left of an address."""

import pytest

from rs_server.core.address import origin_and_path


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("https://shop.example/checkout?token=s3cret#s3cret", "https://shop.example/checkout"),
        ("https://shop.example:8443/a;b/c%20d#/s3cret?s3cret", "https://shop.example:8443/a;b/c%20d"),
        ("https://s3cret:s3cret@shop.example/", "https://shop.example/"),
        ("HTTP://shop.example?s3cret", "http://shop.example"),
        ("http://[::1]:8081/", "http://[::1]:8081/"),
        ("http://[s3cret", ""),
        ("https:///s3cret", ""),
        ("data:text/html,s3cret", ""),
        ("javascript:s3cret()", ""),
        ("s3cret", ""),
        ("", ""),
    ],
)
def test_origin_and_path_alone_are_left(address: str, left: str) -> None:
    assert origin_and_path(address) == left
