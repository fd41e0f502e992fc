import { type InfoHash, parseInfoHash } from './info-hash.ts'
import { TorrentError } from './torrent-error.ts'

/** What a magnet URI tells (BEP 9, `so` of BEP 53). */
export interface Magnet {
  readonly infoHash: InfoHash
  readonly name: string | null
  readonly trackers: readonly string[]
  /** `ip:port` of `x.pe`. */
  readonly peers: readonly string[]
  /** File indices of `so`; `null` when everything is meant. */
  readonly onlyFiles: readonly number[] | null
}

const MAX_SELECTED_FILES = 100_000
const HIGHEST_FILE_INDEX = 10_000_000

/** Throws TorrentError `invalid-torrent`. */
export function parseMagnet(uri: string): Magnet {
  const parameters = new URLSearchParams(uri.replace(/^magnet:\??/i, ''))
  const infoHash = parameters
    .getAll('xt')
    .concat([...parameters].filter(([key]) => /^xt\.\d+$/.test(key)).map(([, value]) => value))
    .map((topic) => /^urn:btih:(.+)$/i.exec(topic.trim())?.[1] ?? '')
    .map(parseInfoHash)
    .find((hash) => hash !== null)
  if (infoHash === undefined) {
    throw new TorrentError('invalid-torrent', `the magnet has no BitTorrent info hash: ${uri}`)
  }
  const selection = parameters.get('so')
  return {
    infoHash,
    name: parameters.get('dn') || null,
    trackers: [...parameters]
      .filter(([key]) => /^tr(\.\d+)?$/.test(key))
      .map(([, value]) => value)
      .filter((tracker) => /^(udp|https?|wss?):\/\//i.test(tracker)),
    peers: parameters.getAll('x.pe'),
    onlyFiles: selection === null ? null : parseSelection(selection),
  }
}

/** `0,2,4-6` of BEP 53; nonsense in it is left out, and nothing but nonsense selects everything. */
function parseSelection(selection: string): number[] | null {
  const chosen = new Set<number>()
  for (const part of selection.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim())
    if (match === null) continue
    const last = Math.min(Number(match[2] ?? match[1]), HIGHEST_FILE_INDEX)
    for (let index = Number(match[1]); index <= last; index++) {
      if (chosen.size === MAX_SELECTED_FILES) return [...chosen]
      chosen.add(index)
    }
  }
  return chosen.size === 0 ? null : [...chosen]
}
