"""Seeds of one film that are libtorrent, each with an upload limit; some take encrypted peers alone.

Usage: libtorrent-seeds.py TORRENT FOLDER PLAIN ENCRYPTED BYTES_PER_SECOND tcp|utp. Prints one host:port a
line, then an empty line; ends when its standard input does.
"""

import sys
import time

import libtorrent as lt

path, folder, plain, encrypted, rate, transport = sys.argv[1:]
sessions = []
for index in range(int(plain) + int(encrypted)):
    policy = 1 if index < int(plain) else 0
    session = lt.session(
        {
            "listen_interfaces": f"127.0.4.{index + 1}:0",
            "enable_incoming_tcp": transport == "tcp",
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "in_enc_policy": policy,
            "out_enc_policy": policy,
        }
    )
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(path)
    params.save_path = folder
    params.flags |= lt.torrent_flags.seed_mode
    params.flags &= ~lt.torrent_flags.auto_managed
    params.flags &= ~lt.torrent_flags.paused
    params.upload_limit = int(rate)
    session.add_torrent(params)
    sessions.append(session)
time.sleep(1)
for index, session in enumerate(sessions):
    print(f"127.0.4.{index + 1}:{session.listen_port()}")
print(flush=True)
sys.stdin.read()
