"""Which addresses a notice may go to: those of the public network, unless the operator says otherwise.

An address is judged when it is connected to, not when its name is written down: a name may lead elsewhere by then.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from bot.receivers.errors import ReceiverRefusedError

TRANSLATED = IPv6Network("64:ff9b::/96")
"""What a NAT64 turns into IPv4. Source: RFC 6052."""
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)
"""A host as every parser reads it: where two read another one, what is checked is not what is asked."""
LONGEST = 2000
"""Letters of an address."""
PRIVATE = "it leads into a private network; HOTLEAD_PRIVATE_RECEIVERS=true allows that"


def checked_url(written: str, *, private: bool) -> str:
    """Return an address that notices may be sent to. Raises ReceiverRefusedError, which repeats nothing of it."""
    if not re.fullmatch(r"[!-~]+", written) or len(written) > LONGEST:
        raise ReceiverRefusedError(f"an address has at most {LONGEST} letters, all of them ASCII, and no spaces")
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = parts = None
    if parts is None or not host or parts.scheme not in ("https", "http") or port == 0:
        raise ReceiverRefusedError("this is no address; write https://host/path")
    if "@" in parts.netloc:
        raise ReceiverRefusedError("an address has no user and password: notices are signed instead")
    if not HOST.fullmatch(parts.netloc):
        raise ReceiverRefusedError("this is no host; letters that are not Latin are written as xn--…")
    if parts.fragment:
        raise ReceiverRefusedError("an address has no #fragment: it would not be sent")
    if private:
        return written
    if parts.scheme == "http":
        raise ReceiverRefusedError(
            "anybody on the way could read http://; write https://, or set HOTLEAD_PRIVATE_RECEIVERS=true"
        )
    literal = literal_in(host)
    if literal is not None and not is_public(literal):
        raise ReceiverRefusedError(PRIVATE)
    return written


def host_of(url: str) -> str:
    """Return the part of an address that may be shown: what follows it often is a secret."""
    return urlsplit(url).netloc


def literal_in(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a host is written as, in whatever way the system understands; None for a name.

    It takes 2130706433, 0x7f.1 and 0177.0.0.1 for 127.0.0.1, too.
    """
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one of the public network; one that stands for an IPv4 address is as that is."""
    meant = _meant(address)
    if isinstance(meant, IPv6Address) and meant.is_site_local:
        return False
    return meant.is_global and not meant.is_multicast and not meant.is_reserved


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address is only another way to write, or to reach."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
