"""Which addresses webhooks may be sent to: public ones alone. Pure."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# What Python's own flags miss in one of its versions, or judge by the wrapping alone: an IPv6 address that holds
# an IPv4 one (compatible, translated, 6to4, Teredo) is a way to any host behind it.
_REFUSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


def is_public(text: str) -> bool:
    """Whether `text` is an address of the public internet; False for all else, a scoped address included."""
    try:
        address: Address = ip_address(text)
    except ValueError:
        return False
    if "%" in text or address.is_multicast or not address.is_global:
        return False
    return not any(address.version == network.version and address in network for network in _REFUSED)
