"""ssdp_search.py SOURCE|INTERFACE [GROUP]: searches for media servers, prints each answer for 3 s as JSON.

From an IPv4 address; or, with ff02::c or ff05::c for the group, from an interface over IPv6.
"""

import json
import socket
import sys
import time

origin = sys.argv[1]
if len(sys.argv) == 2:
    searcher = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    searcher.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(origin))
    searcher.bind((origin, 0))
    group, host = ("239.255.255.250", 1900), "239.255.255.250:1900"
else:
    searcher = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    index = socket.if_nametoindex(origin)
    searcher.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    group, host = (sys.argv[2], 1900, 0, index), f"[{sys.argv[2]}]:1900"

lines = ["M-SEARCH * HTTP/1.1", f"HOST: {host}", 'MAN: "ssdp:discover"', "MX: 1",
         "ST: urn:schemas-upnp-org:device:MediaServer:1", "", ""]
searcher.sendto("\r\n".join(lines).encode(), group)
deadline = time.monotonic() + 3
while (left := deadline - time.monotonic()) > 0:
    searcher.settimeout(left)
    try:
        datagram, (address, *_) = searcher.recvfrom(65536)
    except TimeoutError:
        break
    pairs = [line.split(":", 1) for line in datagram.decode().split("\r\n")[1:] if ":" in line]
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    print(json.dumps({"from": address, "headers": headers}), flush=True)
