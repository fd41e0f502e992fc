/** A BitTorrent v1 info hash: 40 lower-case hex digits. */
export type InfoHash = string & { readonly infoHash: unique symbol }

const BASE32_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Reads 40 hex digits or 32 base32 characters (BEP 9); `null` for anything else. */
export function parseInfoHash(text: string): InfoHash | null {
  if (/^[0-9a-f]{40}$/i.test(text)) return text.toLowerCase() as InfoHash
  if (/^[a-z2-7]{32}$/i.test(text)) return hexOfBase32(text.toUpperCase()) as InfoHash
  return null
}

function hexOfBase32(text: string): string {
  let bits = 0n
  for (const character of text) bits = (bits << 5n) | BigInt(BASE32_ALPHABET.indexOf(character))
  return bits.toString(16).padStart(40, '0')
}
