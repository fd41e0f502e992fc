import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import Wire from 'bittorrent-protocol'

/** A wire of webtorrent without a socket, with more of it than we use ourselves. */
export interface OpenWire extends Duplex {
  readonly _encryptionMethod: number | null
  handshake(infoHash: string, peerId: string): void
  startEncryption(infoHash: string): void
  setInfoHash(infoHash: string): void
  piece(piece: number, offset: number, data: Uint8Array): void
  bitfield(pieces: Uint8Array): void
  _push(bytes: Uint8Array): void
}
/** `secure`: 0 plain, 1 encrypted where the peer likes, 2 encrypted only. */
export const OpenWire = Wire as unknown as new (type: string, secure: number) => OpenWire

/** Tells bytes apart, short enough to be read in a failure. */
export function digest(bytes: Uint8Array): string {
  return `${bytes.length} bytes ${createHash('sha1').update(bytes).digest('hex')}`
}

/**
 * Everything that a wire tells from now on. A block is looked at when it is told; of all else, the
 * bytes are those that are there when it is asked for.
 */
export function hear(wire: OpenWire): () => string[] {
  const heard: (() => string)[] = []
  const note = (text: string): number => heard.push(() => text)
  wire.on('handshake', (infoHash: string) => note(`handshake ${infoHash}`))
  for (const event of ['unchoke', 'keep-alive']) wire.on(event, () => note(event))
  wire.on('have', (piece: number) => note(`have ${piece}`))
  wire.on('piece', (piece: number, offset: number, data: Uint8Array) => {
    note(`piece ${piece} ${offset} ${digest(data)}`)
  })
  wire.on('bitfield', ({ buffer }: { buffer: Uint8Array }) => {
    heard.push(() => `bitfield ${digest(buffer)}`)
  })
  wire.on('extended', (id: unknown, content: Uint8Array & { reqq?: unknown }) => {
    heard.push(() => `extended ${id} ${id === 'handshake' ? content.reqq : digest(content)}`)
  })
  wire.on('unknownmessage', (bytes: Uint8Array) => {
    heard.push(() => `unknown ${digest(bytes)}`)
  })
  return () => heard.map((text) => text())
}
