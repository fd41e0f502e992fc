import type { Steps } from '../../concurrency/steps.ts'
import { parseUrl } from '../../parse-url.ts'
import type { BencodeFields } from './bencode/bencode-fields.ts'
import { MAX_URL_BYTES, MAX_WEB_SEEDS } from './limits.ts'

/** `url-list` of a torrent file (BEP 19): a list of URLs, or one alone. */
export function* readWebSeeds(root: BencodeFields): Steps<readonly string[]> {
  const seeds = new Set<string>()
  keep(root.string('url-list'), seeds)
  const list = root.list('url-list')
  if (list === null) return [...seeds]
  list.enter()
  for (let entries = 1; !list.leave(); entries++) {
    if (entries % 1_000 === 0) yield
    if (list.kind() === 'string') keep(list.string(), seeds)
    else yield* list.skip()
  }
  return [...seeds]
}

function keep(bytes: Uint8Array | null, seeds: Set<string>): void {
  if (bytes === null || bytes.length > MAX_URL_BYTES || seeds.size >= MAX_WEB_SEEDS) return
  const text = Buffer.from(bytes).toString('utf8').trim()
  if (isWebSeed(text)) seeds.add(text)
}

/** http and https alone: FTP, of which BEP 19 speaks as well, is not supported. */
export function isWebSeed(text: string): boolean {
  return /^https?:\/\/[^/?#]/i.test(text) && parseUrl(text) !== null
}
