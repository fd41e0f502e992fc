"""A swarm of libtorrent sessions that trade: one seed, and leechers that begin with nothing.

Usage: libtorrent-crowd.py TORRENT FOLDER LEECHERS SEED_RATE LEECHER_RATE. The film lies in
FOLDER/seed; rates are in bytes of upload per second. Prints one host:port a line, then an empty line.
For each line on its standard input, prints what it sees as one line of JSON; ends when there is no more.
"""

import json
import os
import sys
import time

import libtorrent as lt

path, folder, leechers, seed_rate, leecher_rate = sys.argv[1:]
count = 1 + int(leechers)
GLOBAL_CLASS = 1


def address(index):
    return f"127.0.5.{index + 1}"


def session_of(index):
    session = lt.session(
        {
            "listen_interfaces": f"{address(index)}:0",
            "outgoing_interfaces": address(index),
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "enable_outgoing_utp": False,
            "enable_incoming_utp": False,
            "upload_rate_limit": int(seed_rate if index == 0 else leecher_rate),
        }
    )
    # Otherwise all of loopback counts as the LAN: no limits there, and nobody is ever choked.
    everybody = lt.ip_filter()
    everybody.add_rule("0.0.0.0", "255.255.255.255", GLOBAL_CLASS)
    session.set_peer_class_filter(everybody)
    return session


def torrent_of(index, session):
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(path)
    params.save_path = os.path.join(folder, "seed" if index == 0 else f"leecher-{index}")
    params.flags &= ~lt.torrent_flags.auto_managed
    params.flags &= ~lt.torrent_flags.paused
    if index == 0:
        params.flags |= lt.torrent_flags.seed_mode
    return session.add_torrent(params)


def guest_seen_by(handle):
    """What one of the crowd knows of who is not of the crowd; None while it is not connected."""
    for peer in handle.get_peer_info():
        if peer.ip[0].startswith("127.0.5.") or peer.flags & (peer.handshake | peer.connecting):
            continue
        return {
            "client": peer.client.decode("utf8", "replace"),
            "pieces": peer.num_pieces,
            # Bytes of blocks, and requests not answered yet.
            "sentToGuest": peer.total_upload,
            "receivedFromGuest": peer.total_download,
            "openFromGuest": peer.upload_queue_length,
            "openToGuest": peer.download_queue_length,
            "unsent": peer.used_send_buffer,
            "wantsGuest": bool(peer.flags & peer.interesting),
            "isWantedByGuest": bool(peer.flags & peer.remote_interested),
            "chokesGuest": bool(peer.flags & peer.choked),
            "isChokedByGuest": bool(peer.flags & peer.remote_choked),
            "isOptimistic": bool(peer.flags & peer.optimistic_unchoke),
            "isSnubbed": bool(peer.flags & peer.snubbed),
        }
    return None


def seen():
    members = []
    for handle in handles:
        status = handle.status()
        members.append(
            {
                "share": status.num_pieces / piece_count,
                "downloaded": status.total_payload_download,
                "uploaded": status.total_payload_upload,
                "guest": guest_seen_by(handle),
            }
        )
    return members


sessions = [session_of(index) for index in range(count)]
while not all(session.is_listening() for session in sessions):
    time.sleep(0.02)
piece_count = lt.torrent_info(path).num_pieces()
ports = [session.listen_port() for session in sessions]
handles = [torrent_of(index, session) for index, session in enumerate(sessions)]
for index, handle in enumerate(handles):
    for other in range(index):
        handle.connect_peer((address(other), ports[other]))
for index, port in enumerate(ports):
    print(f"{address(index)}:{port}")
print(flush=True)
for _ in sys.stdin:
    print(json.dumps(seen()), flush=True)
os._exit(0)
