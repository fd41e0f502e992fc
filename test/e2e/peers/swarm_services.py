"""swarm_services.py ADDRESS FOLDER PEER: what a swarm has beside peers, all on one address.

A UDP tracker and an HTTP tracker (6969) that know one peer (IP:PORT), a web seed for FOLDER (8080), a name server that
gives ADDRESS for every name (53), and whatever nodes of the DHT are asked (6881). Prints `ready`, and then one line for each
thing that it is asked: `http /path`, `udp-tracker`, `dns name`, `dht`.
"""

import http.server
import os
import re
import socket
import socketserver
import struct
import sys
import threading

address, folder, peer = sys.argv[1:4]
peer_ip, peer_port = peer.split(":")
compact_peer = socket.inet_aton(peer_ip) + struct.pack(">H", int(peer_port))


def say(*words):
    # In one piece: several threads say something.
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        say("http", path)
        if path == "/announce":
            self.answer(200, b"d8:intervali60e5:peers6:" + compact_peer + b"e")
            return
        try:
            with open(os.path.join(folder, path.lstrip("/")), "rb") as file:
                content = file.read()
        except OSError:
            self.answer(404, b"")
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if wanted is None:
            self.answer(200, content)
            return
        start, end = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        self.answer(206, content[start:end + 1], f"bytes {start}-{end}/{len(content)}")

    def answer(self, status, body, content_range=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if content_range is not None:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    """Without http.server's question for its own name."""

    allow_reuse_address = True
    daemon_threads = True


def udp(port, answer):
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind((address, port))

    def serve():
        while True:
            data, sender = listening.recvfrom(4096)
            reply = answer(data)
            if reply is not None:
                listening.sendto(reply, sender)

    threading.Thread(target=serve, daemon=True).start()


def tracker(data):
    say("udp-tracker")
    if len(data) < 16:
        return None
    action, transaction = struct.unpack(">II", data[8:16])
    if action == 0:
        return struct.pack(">IIQ", 0, transaction, 1)
    return struct.pack(">IIIII", 1, transaction, 60, 0, 1) + compact_peer


def names(data):
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode())
        at += 1 + data[at]
    question = data[12:at + 5]
    say("dns", ".".join(labels))
    is_ipv4 = question[-4:-2] == b"\0\1"
    head = data[:2] + struct.pack(">HHHHH", 0x8180, 1, 1 if is_ipv4 else 0, 0, 0)
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address)
    return head + question + (record if is_ipv4 else b"")


def node(_):
    say("dht")


udp(6969, tracker)
udp(53, names)
udp(6881, node)
web = [Server((address, port), Web) for port in (6969, 8080)]
threading.Thread(target=web[0].serve_forever, daemon=True).start()
say("ready")
web[1].serve_forever()
