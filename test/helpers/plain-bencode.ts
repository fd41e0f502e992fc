import {
  type BencodeValue,
  isDictionary,
} from '../../src/torrents/metainfo/bencode/bencode-value.ts'

/** Dictionaries as objects without a prototype: what can be compared, and encoded again. */
export function plain(value: BencodeValue): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isDictionary(value)) return value
  const entries = [...value].map(([key, item]) => [key, plain(item)] as const)
  return Object.setPrototypeOf(Object.fromEntries(entries), null)
}
