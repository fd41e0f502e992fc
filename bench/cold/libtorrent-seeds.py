"""Seeds of one film that are libtorrent, each with an upload limit; some take encrypted peers alone.

Usage: libtorrent-seeds.py TORRENT FOLDER PLAIN ENCRYPTED BYTES_PER_SECOND tcp|utp [PORT ...]; the ports are those of
an earlier run. Prints one host:port a line, then an empty line; ends when its standard input does.
"""

import sys
import tempfile
import time

import libtorrent as lt

path, folder, plain, encrypted, rate, transport, *ports = sys.argv[1:]
WARM_UP_S = 2.5
QUIET = {"enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False}


def torrent_in(place):
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(path)
    params.save_path = place
    params.flags &= ~lt.torrent_flags.auto_managed
    params.flags &= ~lt.torrent_flags.paused
    return params


def seed(index):
    policy = 1 if index < int(plain) else 0
    port = ports[index] if ports else 0
    session = lt.session(
        {
            **QUIET,
            "listen_interfaces": f"127.0.4.{index + 1}:{port}",
            "enable_incoming_tcp": transport == "tcp",
            "in_enc_policy": policy,
            "out_enc_policy": policy,
        }
    )
    params = torrent_in(folder)
    params.flags |= lt.torrent_flags.seed_mode
    params.upload_limit = int(rate)
    session.add_torrent(params)
    return session


def warm_up(addresses):
    """
    A limit is handed out twice a second, and what is left is kept: seeds that have sent nothing yet let
    the first peer wait half a second for each of its first messages.
    """
    with tempfile.TemporaryDirectory() as place:
        session = lt.session(
            {
                **QUIET,
                "listen_interfaces": "127.0.4.200:0",
                "outgoing_interfaces": "127.0.4.200",
                "enable_outgoing_tcp": transport == "tcp",
            },
            # No extensions: it would tell the seeds of each other.
            flags=0,
        )
        handle = session.add_torrent(torrent_in(place))
        for address in addresses:
            handle.connect_peer(address)
        time.sleep(WARM_UP_S)
        # Peers are told, so that none is kept for one that is gone.
        handle.pause()
        time.sleep(0.5)


sessions = [seed(index) for index in range(int(plain) + int(encrypted))]
time.sleep(1)
addresses = [(f"127.0.4.{index + 1}", one.listen_port()) for index, one in enumerate(sessions)]
warm_up(addresses)
for host, port in addresses:
    print(f"{host}:{port}")
print(flush=True)
sys.stdin.read()
