"""make_torrent.py CONTENT TORRENT [PIECE_SIZE]: prints the info hash and the files, in index order, as JSON."""

import json
import os
import sys

import libtorrent as lt

content, target = sys.argv[1:3]
piece_size = int(sys.argv[3]) if len(sys.argv) > 3 else 256 * 1024

storage = lt.file_storage()
lt.add_files(storage, content)
creator = lt.create_torrent(storage, piece_size, lt.create_torrent.v1_only)
lt.set_piece_hashes(creator, os.path.dirname(content))
with open(target, "wb") as file:
    file.write(lt.bencode(creator.generate()))

info = lt.torrent_info(target)
files = info.files()
print(json.dumps({
    "infoHash": str(info.info_hash()),
    "files": [files.file_path(index) for index in range(files.num_files())],
}))
