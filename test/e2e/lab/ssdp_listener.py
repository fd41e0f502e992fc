"""ssdp_listener.py ADDRESS: prints what is multicast for SSDP on ADDRESS's network, one JSON object a line."""

import json
import socket
import struct
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("239.255.255.250", 1900))
membership = struct.pack("4s4s", socket.inet_aton("239.255.255.250"), socket.inet_aton(sys.argv[1]))
listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
print("ready", flush=True)

while True:
    datagram, (address, _) = listener.recvfrom(65536)
    start, *lines = datagram.decode("utf-8", "replace").split("\r\n")
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    print(json.dumps({"from": address, "startLine": start, "headers": headers}), flush=True)
