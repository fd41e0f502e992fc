import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeTorrent, pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const MIB = 1024 * 1024

describe('downloading from a peer', () => {
  it('stores the bytes of a single file', async () => {
    const data = pseudoRandomBytes(5 * MIB + 1_234, 1)
    const fixture = singleFile('film.mkv', data, 256 * 1024)
    const seeder = await openSeeder(fixture)
    const session = await openSession()
    const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
    const { torrent, isNew } = await session.add(source, { initialPeers: [seeder.address] })
    expect(isNew).toBe(true)
    await until(session, () => torrent.stats().finished)
    expect(sha256(await readFile(join(session.folder, 'film.mkv')))).toBe(sha256(data))
    expect(torrent.stats()).toMatchObject({ progressBytes: data.length, totalBytes: data.length })
  })

  it('resolves a magnet and downloads all files, pads left out', async () => {
    const files = [
      { path: ['a.mp4'], data: pseudoRandomBytes(40_000, 2) },
      { path: ['.pad', '25536'], data: Buffer.alloc(25_536), attr: 'p' },
      { path: ['sub', 'b & c.mp3'], data: pseudoRandomBytes(70_000, 3) },
    ]
    const fixture = makeTorrent('Hybrid', files, 65_536)
    const seeder = await openSeeder(fixture)
    const session = await openSession()
    const uri = `magnet:?xt=urn:btih:${seeder.torrent.infoHash}&dn=Hybrid`
    const { torrent } = await session.add(uri, { initialPeers: [seeder.address] })
    await torrent.ready({ timeoutMs: 10_000 })
    await until(session, () => torrent.stats().finished)
    expect(torrent.files.map(({ padding }) => padding)).toEqual([false, true, false])
    const stored = await readFile(join(session.folder, 'Hybrid', 'sub', 'b & c.mp3'))
    expect(sha256(stored)).toBe(sha256(files[2]?.data ?? Buffer.alloc(0)))
    await expect(readFile(join(session.folder, 'Hybrid', '.pad', '25536'))).rejects.toThrow(
      'ENOENT',
    )
  })

  it('streams a file while it arrives, from the middle', async () => {
    const data = pseudoRandomBytes(8 * MIB, 4)
    const fixture = singleFile('film.mp4', data, MIB)
    const seeder = await openSeeder(fixture, { uploadBytesPerSecond: 4 * MIB })
    const session = await openSession({ onDemand: true })
    const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
    const { torrent } = await session.add(source, { initialPeers: [seeder.address] })
    await until(session, () => torrent.state.kind === 'live')
    const start = 3 * MIB + 7
    const stream = torrent.stream(0, { start })
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(Buffer.from(chunk))
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(data.subarray(start)))
    expect(torrent.stats().fileProgress[0]).toBeLessThan(data.length)
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
