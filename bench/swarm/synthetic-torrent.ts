import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forEachBlock } from './content.ts'

/** A torrent of one file whose content is computed, not stored. */
export interface SyntheticTorrent {
  readonly name: string
  /** In bytes. */
  readonly length: number
  /** In bytes; a multiple of 16 KiB. */
  readonly pieceLength: number
  /** 40 hexadecimal digits. */
  readonly infoHash: string
  /** Path of the .torrent file. */
  readonly path: string
}

/** Makes the torrent of `length` bytes, or takes it from the cache in the temporary folder. */
export function syntheticTorrent(length: number, pieceLength: number): SyntheticTorrent {
  const folder = join(tmpdir(), 'trib-bench-cache')
  mkdirSync(folder, { recursive: true })
  const name = `film-${length / 1_048_576}-${pieceLength / 1_048_576}.mkv`
  const path = join(folder, `${name}.torrent`)
  if (!existsSync(path)) writeFileSync(path, torrentFile(name, length, pieceLength))
  return { name, length, pieceLength, infoHash: infoHashOf(path), path }
}

/** Writes the whole film to `path`. */
export async function writeFilm(path: string, length: number): Promise<void> {
  const partial = `${path}.part`
  await rm(partial, { force: true })
  const file = openSync(partial, 'w')
  try {
    forEachBlock(length, (bytes) => writeSync(file, bytes))
  } finally {
    closeSync(file)
  }
  await rename(partial, path)
}

const INFO_KEY = '4:info'

function torrentFile(name: string, length: number, pieceLength: number): Buffer {
  const pieces = pieceHashes(length, pieceLength)
  const head = `d6:lengthi${length}e4:name${name.length}:${name}12:piece lengthi${pieceLength}e6:pieces${pieces.length}:`
  return Buffer.concat([Buffer.from(`d${INFO_KEY}${head}`), pieces, Buffer.from('ee')])
}

function pieceHashes(length: number, pieceLength: number): Buffer {
  const hashes: Buffer[] = []
  let hash = createHash('sha1')
  let hashed = 0
  forEachBlock(length, (bytes) => {
    hash.update(bytes)
    hashed += bytes.length
    if (hashed % pieceLength !== 0 && hashed !== length) return
    hashes.push(hash.digest())
    hash = createHash('sha1')
  })
  return Buffer.concat(hashes)
}

function infoHashOf(path: string): string {
  return createHash('sha1')
    .update(infoOf(readFileSync(path)))
    .digest('hex')
}

/** The info dictionary of such a torrent file. */
export function infoOf(torrentFile: Uint8Array): Buffer {
  const bytes = Buffer.from(torrentFile)
  return bytes.subarray(bytes.indexOf(INFO_KEY) + INFO_KEY.length, -1)
}
