import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import bencode from 'bencode'

export interface FixtureFile {
  readonly path: readonly string[]
  readonly data: Uint8Array
  readonly attr?: string
}

export interface Fixture {
  readonly name: string
  readonly files: readonly FixtureFile[]
  readonly pieceLength: number
  readonly torrentFile: Uint8Array
}

/** Bytes that differ everywhere and are the same in each run. */
export function pseudoRandomBytes(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed | 1
  for (let index = 0; index < length; index++) {
    state = Math.imul(state, 1_103_515_245) + 12_345
    bytes[index] = state >>> 16
  }
  return bytes
}

/** A torrent file over files in memory; one file whose path is the name alone makes the short form. */
export function makeTorrent(
  name: string,
  files: readonly FixtureFile[],
  pieceLength = 32 * 1024,
  extra: Record<string, unknown> = {},
): Fixture {
  const data = Buffer.concat(files.map((file) => file.data))
  const hashes: Buffer[] = []
  for (let offset = 0; offset < data.length; offset += pieceLength) {
    hashes.push(
      createHash('sha1')
        .update(data.subarray(offset, offset + pieceLength))
        .digest(),
    )
  }
  const [only] = files
  const isSingle = files.length === 1 && only?.path.length === 1 && only.path[0] === name
  const content = isSingle
    ? { length: data.length }
    : {
        files: files.map((file) => ({
          ...(file.attr === undefined ? {} : { attr: file.attr }),
          length: file.data.length,
          path: file.path,
        })),
      }
  const info = { ...content, name, 'piece length': pieceLength, pieces: Buffer.concat(hashes) }
  return { name, files, pieceLength, torrentFile: bencode.encode({ ...extra, info }) }
}

export function singleFile(name: string, data: Uint8Array, pieceLength?: number): Fixture {
  return makeTorrent(name, [{ path: [name], data }], pieceLength)
}

/** Writes a fixture's files where a session with `folder` as its data folder keeps them. */
export async function storeFixture(folder: string, fixture: Fixture): Promise<void> {
  const [only] = fixture.files
  const isSingle = fixture.files.length === 1 && only?.path[0] === fixture.name
  for (const file of fixture.files) {
    if (file.attr?.includes('p')) continue
    const path = join(folder, ...(isSingle ? [] : [fixture.name]), ...file.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.data)
  }
}
