"""Only addresses of the public internet are sent to, however they are written."""

import pytest

from partners.webhooks.addresses import is_public

REFUSED = {
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "private 10": "10.1.2.3",
    "private 172": "172.31.255.255",
    "private 192": "192.168.1.1",
    "shared by carriers": "100.64.0.1",
    "metadata of another cloud": "100.100.100.200",
    "loopback": "127.0.0.1",
    "all of loopback": "127.8.9.10",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata of tasks": "169.254.170.2",
    "protocol assignments": "192.0.0.8",
    "documentation": "203.0.113.9",
    "benchmarks": "198.19.0.1",
    "old 6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.251",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified 6": "::",
    "loopback 6": "::1",
    "compatible": "::8.8.8.8",
    "mapped private": "::ffff:10.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "mapped public": "::ffff:8.8.8.8",
    "translated": "::ffff:0:127.0.0.1",
    "NAT64 of metadata": "64:ff9b::a9fe:a9fe",
    "NAT64 of public": "64:ff9b::808:808",
    "local NAT64": "64:ff9b:1::1",
    "discard": "100::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "ORCHID": "2001:20::1",
    "documentation 6": "2001:db8::1",
    "6to4 of private": "2002:c0a8:101::1",
    "new documentation 6": "3fff::1",
    "segment routing": "5f00::1",
    "unique local": "fd12:3456::1",
    "metadata 6": "fd00:ec2::254",
    "link-local 6": "fe80::1",
    "link-local with its zone": "fe80::1%eth0",
    "public with a zone": "2606:4700::1111%eth0",
    "site-local": "fec0::1",
    "multicast 6": "ff02::1",
    "a name": "localhost",
    "a number": "2130706433",
    "octal": "0177.0.0.1",
    "nothing": "",
}


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_a_public_address_is_taken(address: str) -> None:
    assert is_public(address)
