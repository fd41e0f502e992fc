"""Seeds one torrent with libtorrent, on 127.0.0.1 if nothing else is said.

Prints `listening PORT`. Each line on standard input is a new upload limit in bytes a second, 0 for none.
"""

import argparse
import sys

import libtorrent as lt

parser = argparse.ArgumentParser()
parser.add_argument("torrent")
parser.add_argument("folder")
parser.add_argument("--limit", type=int, default=0)
parser.add_argument("--listen", default="127.0.0.1")
parser.add_argument("--encrypted-only", action="store_true")
options = parser.parse_args()

FORCED = 0  # enc_policy.pe_forced
ENABLED = 1  # enc_policy.pe_enabled
RC4 = 2  # enc_level.pe_rc4
BOTH = 3  # enc_level.pe_both

session = lt.session({
    "listen_interfaces": options.listen + ":0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "allow_multiple_connections_per_ip": True,
    "in_enc_policy": FORCED if options.encrypted_only else ENABLED,
    "out_enc_policy": FORCED if options.encrypted_only else ENABLED,
    "allowed_enc_level": RC4 if options.encrypted_only else BOTH,
    "alert_mask": 0,
})

# Local peers are exempt from rate limits unless their class says otherwise.
classes = lt.ip_filter()
classes.add_rule("0.0.0.0", "255.255.255.255", 1 << int(lt.session.global_peer_class_id))
session.set_peer_class_filter(classes)
session.apply_settings({"upload_rate_limit": options.limit})

parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(options.torrent)
parameters.save_path = options.folder
parameters.flags |= lt.torrent_flags.seed_mode
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
session.add_torrent(parameters)

print("listening", session.listen_port(), flush=True)
for line in sys.stdin:
    session.apply_settings({"upload_rate_limit": int(line)})
