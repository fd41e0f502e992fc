/** Info dictionary, whether from a torrent file or from peers: 3.3 million hashes of pieces. */
export const MAX_INFO_BYTES = 64 * 1024 * 1024

/** Larger pieces play too late, and are hashed too long at once. */
export const MAX_PIECE_LENGTH_BYTES = 256 * 1024 * 1024

/**
 * A bitfield of so many is 512 KiB, half of the longest message that is taken from a peer. More
 * hashes than `MAX_INFO_BYTES` holds.
 */
export const MAX_PIECES = 2 ** 22

/** Each takes about 500 bytes of memory, an entry on the disk, and one in every list. */
export const MAX_FILES = 200_000

/** Path components of one file below the torrent's folder. */
export const MAX_LEVELS = 64

/** Of all files together: 200,000 files of 10 levels. Some 100 bytes each where all differ. */
export const MAX_PATH_COMPONENTS = 2_000_000

/** A name, or a path with all of its components, as the torrent has it: 16 times PATH_MAX of Linux. */
export const MAX_PATH_BYTES = 64 * 1024

/** Kept of a torrent file or magnet; fewer are asked. */
export const MAX_TRACKERS = 1_000

/** Kept of a torrent file or magnet (BEP 19); fewer are asked. */
export const MAX_WEB_SEEDS = 100

/** Longer than the URLs that servers take. */
export const MAX_URL_BYTES = 4_096
