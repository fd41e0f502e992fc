import type { Steps } from '../../concurrency/steps.ts'
import type { BencodeCursor } from './bencode/bencode-cursor.ts'
import type { BencodeFields } from './bencode/bencode-fields.ts'
import { MAX_TRACKERS, MAX_URL_BYTES } from './limits.ts'

/**
 * Trackers of a torrent file, each once, in order (BEP 12). As in libtorrent `announce` counts only
 * where the tiers of `announce-list` name nobody. What libtorrent has no tracker from at all is
 * read too: a list that is not divided into tiers, and an `announce` that is a list.
 */
export function* readTrackers(root: BencodeFields): Steps<readonly string[]> {
  const trackers = new Set<string>()
  yield* readTiers(root.list('announce-list'), trackers)
  if (trackers.size === 0) keep(root.string('announce'), trackers)
  if (trackers.size === 0) yield* readFlat(root.list('announce-list'), trackers)
  if (trackers.size === 0) yield* readFlat(root.list('announce'), trackers)
  if (trackers.size === 0) yield* readTiers(root.list('announce'), trackers)
  return [...trackers]
}

function* readTiers(list: BencodeCursor | null, trackers: Set<string>): Steps<void> {
  if (list === null) return
  list.enter()
  for (let tiers = 1; !list.leave() && trackers.size < MAX_TRACKERS; tiers++) {
    if (tiers % 1_000 === 0) yield
    if (list.kind() === 'list') yield* readFlat(list, trackers)
    else yield* list.skip()
  }
}

function* readFlat(list: BencodeCursor | null, trackers: Set<string>): Steps<void> {
  if (list === null) return
  list.enter()
  for (let entries = 1; !list.leave(); entries++) {
    if (entries % 1_000 === 0) yield
    if (list.kind() === 'string') keep(list.string(), trackers)
    else yield* list.skip()
  }
}

function keep(url: Uint8Array | null, trackers: Set<string>): void {
  if (url === null || url.length > MAX_URL_BYTES || trackers.size >= MAX_TRACKERS) return
  const text = Buffer.from(url).toString('utf8').trim()
  if (text !== '' && !/\p{Cc}/u.test(text)) trackers.add(text)
}
