"""libtorrent with piece deadlines behind a small HTTP server.

What programs built on libtorrent do: priority 7 and a deadline, at the film's bitrate, for each
piece of a 32 MiB window ahead of the viewer; a piece is served once it is verified. Or its sequential
mode, from the viewer's place on. Settings are libtorrent's own.
Usage: libtorrent-server.py PORT tcp|utp deadlines|sequential UPLOAD_RATE [DHT_NODE ...]; the rate is in
bytes per second, 0 for no limit. Ends when its standard input does.
"""

import http.server
import json
import os
import re
import sys
import threading

import libtorrent as lt

WINDOW = 32 * 1024 * 1024
BYTES_PER_SECOND = 25_000_000 / 8

PORT, TRANSPORT, ORDER, UPLOAD_RATE, *dht_nodes = sys.argv[1:]
uses_utp = TRANSPORT == "utp"
session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": bool(dht_nodes),
        "dht_bootstrap_nodes": ",".join(dht_nodes),
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        # The simulated peers speak TCP alone; it would try uTP for 4 s before.
        "enable_outgoing_utp": uses_utp,
        "enable_incoming_utp": uses_utp,
        # Simulated peers are many on one machine, and idle until the first viewer comes.
        "allow_multiple_connections_per_ip": True,
        "close_redundant_connections": False,
        "upload_rate_limit": int(UPLOAD_RATE),
        "alert_mask": lt.alert.category_t.piece_progress_notification
        | lt.alert.category_t.storage_notification
        | lt.alert.category_t.status_notification,
    }
)
# Otherwise all of loopback counts as the LAN: no limits there, and nobody is ever choked.
everybody = lt.ip_filter()
everybody.add_rule("0.0.0.0", "255.255.255.255", 1 << int(session.global_peer_class_id))
session.set_peer_class_filter(everybody)


class Film:
    """The one torrent of this process, read piece by piece."""

    def __init__(self, path, magnet, folder, on_demand, peers):
        params = lt.parse_magnet_uri(magnet) if magnet else lt.add_torrent_params()
        params.save_path = folder
        params.flags &= ~lt.torrent_flags.auto_managed
        params.flags &= ~lt.torrent_flags.paused
        if magnet:
            params.flags |= lt.torrent_flags.default_dont_download
            session.apply_settings({"announce_to_all_trackers": True, "announce_to_all_tiers": True})
            self.handle = session.add_torrent(params)
            while not self.handle.status().has_metadata:
                session.wait_for_alert(20)
                session.pop_alerts()
            info = self.handle.torrent_file()
        else:
            info = lt.torrent_info(path)
        self.piece_length = info.piece_length()
        self.length = info.total_size()
        self.piece_count = info.num_pieces()
        self.idle_priority = 0 if on_demand else 4
        if not magnet:
            params.ti = info
            params.piece_priorities = [self.idle_priority] * self.piece_count
            self.handle = session.add_torrent(params)
        for peer in peers:
            host, port = peer.rsplit(":", 1)
            self.handle.connect_peer((host, int(port)))
        self.changed = threading.Condition()
        self.read = {}
        self.viewer = None
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while True:
            session.wait_for_alert(1000)
            for alert in session.pop_alerts():
                with self.changed:
                    if isinstance(alert, lt.read_piece_alert):
                        self.read[alert.piece] = bytes(alert.buffer)
                    self.changed.notify_all()

    def want(self, first):
        """Moves the window to start at piece `first`."""
        if ORDER == "sequential":
            self.handle.set_flags(lt.torrent_flags.sequential_download)
            self.handle.prioritize_pieces([0] * first + [4] * (self.piece_count - first))
            return
        last = min(self.piece_count - 1, first + WINDOW // self.piece_length)
        missing = [p for p in range(first, last + 1) if not self.handle.have_piece(p)]
        self.handle.prioritize_pieces([(p, 7 if p == first else 4) for p in missing])
        for piece in missing:
            ahead = (piece - first) * self.piece_length / BYTES_PER_SECOND
            self.handle.set_piece_deadline(piece, int(1000 * ahead))

    def forget_window(self):
        if ORDER == "sequential":
            self.handle.unset_flags(lt.torrent_flags.sequential_download)
        self.handle.clear_piece_deadlines()
        self.handle.prioritize_pieces([self.idle_priority] * self.piece_count)

    def piece(self, index, is_abandoned):
        """The bytes of a verified piece; None when the viewer has left."""
        with self.changed:
            while not self.handle.have_piece(index):
                self.changed.wait(0.05)
                if is_abandoned():
                    return None
            self.handle.read_piece(index)
            while index not in self.read:
                self.changed.wait(0.05)
            return self.read.pop(index)


film = None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        global film
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        film = Film(body.get("path"), body.get("magnet"), body["folder"], body["onDemand"], body["peers"])
        self.answer_json({})

    def do_GET(self):
        if self.path == "/film":
            self.serve_film()
        elif self.path == "/progress":
            status = film.handle.status() if film else None
            share = status.num_pieces / film.piece_count if status else 0
            self.answer_json({"isComplete": bool(status and status.is_seeding), "share": share})
        else:
            self.answer_json({})

    def answer_json(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve_film(self):
        match = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
        start = int(match[1])
        end = int(match[2]) if match[2] else film.length - 1
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end}/{film.length}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        self.wfile.flush()
        film.forget_window()
        film.viewer = self
        try:
            self.write_range(start, end)
        except OSError:
            pass
        finally:
            self.close_connection = True
            if film.viewer is self:
                film.forget_window()

    def write_range(self, start, end):
        position = start
        while position <= end:
            index = position // film.piece_length
            film.want(index)
            data = film.piece(index, self.has_left)
            if data is None:
                return
            offset = position - index * film.piece_length
            chunk = data[offset : offset + end - position + 1]
            self.wfile.write(chunk)
            position += len(chunk)

    def has_left(self):
        self.connection.setblocking(False)
        try:
            return self.connection.recv(1) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self.connection.setblocking(True)


def end_with_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", int(PORT)), Handler).serve_forever()
