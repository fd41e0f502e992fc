"""Downloads one torrent with libtorrent from the peer that it is given: TORRENT FOLDER PEER (ip:port).

Prints the bytes of payload that have come, ten times a second, as `got N`.
"""

import sys
import time

import libtorrent as lt

torrent, folder, peer = sys.argv[1:4]
address, port = peer.split(":")

session = lt.session({
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "alert_mask": 0,
})
parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(torrent)
parameters.save_path = folder
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
handle = session.add_torrent(parameters)
handle.connect_peer((address, int(port)))
while True:
    print("got", handle.status().total_payload_download, flush=True)
    time.sleep(0.1)
