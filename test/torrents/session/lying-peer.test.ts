import { createHash } from 'node:crypto'
import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type Fixture,
  pseudoRandomBytes,
  singleFile,
  storeFixture,
} from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const MIB = 1024 * 1024
const LONG_AGO = new Date(1_000_000_000_000)
const data = pseudoRandomBytes(6 * MIB, 5)
const film = singleFile('film.mkv', data, 512 * 1024)

describe('a peer that sends wrong bytes', () => {
  it('is found out among honest ones and banned, and the file comes out right', async () => {
    const liar = await openLiar(film)
    const honest = await openSeeder(film)
    const session = await openSession()
    const source = { kind: 'torrent-file', bytes: film.torrentFile } as const
    // Proof and bans go by address, so each peer is dialled at one of its own.
    const initialPeers = [`127.0.0.2:${liar}`, `127.0.0.3:${portOf(honest.address)}`]
    const { torrent } = await session.add(source, { initialPeers })
    await until(session, () => torrent.stats().finished)
    const stored = await readFile(join(session.folder, 'film.mkv'))
    expect(sha256(stored)).toBe(sha256(data))
    const addresses = [...(torrent.content?.downloader.wires.values() ?? [])].map(
      ({ address }) => address,
    )
    expect(addresses).not.toContain('127.0.0.2')
  })

  it.each([
    ['3 honest, 3 liars, each at an address of its own', 3, 3, true],
    ['3 honest, 3 liars at one address', 3, 3, false],
    ['1 honest, 3 liars, each at an address of its own', 1, 3, true],
    ['1 honest, 3 liars at one address', 1, 3, false],
  ])('does not keep the file from arriving: %s', async (_, honest, liars, isApart) => {
    const ports = await Promise.all([
      ...Array.from({ length: honest }, async () => portOf((await openSeeder(film)).address)),
      ...Array.from({ length: liars }, () => openLiar(film)),
    ])
    const session = await openSession()
    const source = { kind: 'torrent-file', bytes: film.torrentFile } as const
    const initialPeers = ports.map((port, i) => `127.0.0.${isApart ? i + 2 : 1}:${port}`)
    const { torrent } = await session.add(source, { initialPeers })
    await until(session, () => torrent.stats().finished)
    expect(sha256(await readFile(join(session.folder, 'film.mkv')))).toBe(sha256(data))
  })

  it('never reaches a viewer in its verified bytes, and costs at most a broken stream', async () => {
    const liar = await openLiar(film)
    const honest = await openSeeder(film, { uploadBytesPerSecond: 8 * MIB })
    const session = await openSession({ onDemand: true })
    const source = { kind: 'torrent-file', bytes: film.torrentFile } as const
    const initialPeers = [`127.0.0.2:${liar}`, `127.0.0.3:${portOf(honest.address)}`]
    const { torrent } = await session.add(source, { initialPeers })
    await until(session, () => torrent.state.kind === 'live')
    const chunks: Buffer[] = []
    let position = 0
    while (position < data.length) {
      const stream = torrent.stream(0, { start: position })
      try {
        for await (const chunk of stream) {
          chunks.push(Buffer.from(chunk))
          position += chunk.length
        }
      } catch (error) {
        expect(error).toMatchObject({ kind: 'corrupt' })
        // A player asks again; it would see the bytes that it had not played yet anew.
        position = 0
        chunks.length = 0
      }
    }
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(data))
  })
})

/** A seeder whose file was exchanged behind its back: it believes what it had verified. */
async function openLiar(fixture: Fixture): Promise<number> {
  const folder = await temporaryFolder()
  const path = join(folder, fixture.name)
  await storeFixture(folder, fixture)
  await utimes(path, LONG_AGO, LONG_AGO)
  const honest = await openSession({ folder })
  const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
  const { torrent } = await honest.add(source, { overwrite: true })
  await until(honest, () => torrent.stats().finished)
  // A start would hash some pieces of it.
  await writeFile(path, pseudoRandomBytes(data.length, 99))
  await utimes(path, LONG_AGO, LONG_AGO)
  return honest.peerPort
}

function portOf(address: string): string {
  return address.split(':')[1] ?? ''
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
