/** What somebody typed or dropped, as far as it can be told without asking anybody. */
export type TypedSource =
  | { readonly kind: 'magnet'; readonly infoHash: string | null; readonly name: string | null }
  | { readonly kind: 'url' }
  | { readonly kind: 'info-hash' }
  | { readonly kind: 'unreadable'; readonly reason: Unreadable }

export type Unreadable =
  | 'empty'
  | 'magnet-without-hash'
  | 'other-scheme'
  | 'hash-of-wrong-length'
  | 'text'

/** 40 hex digits, or 32 letters and digits of base32 (BEP 9). */
const INFO_HASH = /^(?:[0-9a-f]{40}|[a-z2-7]{32})$/i

export function typedSource(text: string): TypedSource {
  const source = text.trim()
  if (source === '') return { kind: 'unreadable', reason: 'empty' }
  if (/^magnet:/i.test(source)) return magnetSource(source)
  if (/^https?:\/\/[^\s/]+/i.test(source)) return { kind: 'url' }
  if (INFO_HASH.test(source)) return { kind: 'info-hash' }
  if (/^[0-9a-f]{20,}$/i.test(source)) return { kind: 'unreadable', reason: 'hash-of-wrong-length' }
  if (/^[a-z][a-z0-9+.-]*:\S/i.test(source)) return { kind: 'unreadable', reason: 'other-scheme' }
  return { kind: 'unreadable', reason: 'text' }
}

function magnetSource(source: string): TypedSource {
  const query = source.slice(source.indexOf('?') + 1)
  const parameters = new URLSearchParams(source.includes('?') ? query : '')
  const topics = [...parameters]
    .filter(([name]) => /^xt(\.\d+)?$/i.test(name))
    .map(([, value]) => value)
  const hashes = topics.map((topic) => /^urn:btih:(.+)$/i.exec(topic)?.[1] ?? '')
  const known = hashes.find((hash) => INFO_HASH.test(hash))
  const isVersion2 = topics.some((topic) => /^urn:btmh:/i.test(topic))
  if (known === undefined && !isVersion2) {
    return { kind: 'unreadable', reason: 'magnet-without-hash' }
  }
  const infoHash = known !== undefined && known.length === 40 ? known.toLowerCase() : null
  return { kind: 'magnet', infoHash, name: parameters.get('dn') }
}

export type FileKind =
  | 'torrent'
  | 'empty'
  | 'too-large'
  | 'web-page'
  | 'archive'
  | 'pdf'
  | 'picture'
  | 'film'
  | 'text'
  | 'bencode'
  | 'unknown'

/** Larger than any the server takes. */
const MAX_TORRENT_BYTES = 64 * 1024 * 1024

/** As hexadecimal digits, from the first byte on. */
const SIGNATURES: readonly (readonly [RegExp, FileKind])[] = [
  [/^25504446/, 'pdf'],
  [/^(?:504b0304|52617221|377abcaf|1f8b)/, 'archive'],
  [/^(?:89504e47|ffd8ff|47494638|52494646.{8}57454250)/, 'picture'],
  [/^(?:1a45dfa3|.{8}66747970|52494646.{8}41564920)/, 'film'],
]

/** What a file is by its first bytes. @param head its first 512 bytes or more @param size of all of it */
export function fileKind(head: Uint8Array, size: number): FileKind {
  if (size === 0) return 'empty'
  const text = new TextDecoder('latin1').decode(head.subarray(0, 512))
  if (/^d\d+:/.test(text)) {
    if (size > MAX_TORRENT_BYTES) return 'too-large'
    return looksLikeTorrent(head) ? 'torrent' : 'bencode'
  }
  const hex = [...head.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const known = SIGNATURES.find(([signature]) => signature.test(hex))
  if (known !== undefined) return known[1]
  if (/^\s*(?:<!doctype|<html|<\?xml)/i.test(text)) return 'web-page'
  return isText(head.subarray(0, 512)) ? 'text' : 'unknown'
}

function looksLikeTorrent(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes).includes('4:infod')
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13)
}
