import { expect, it } from 'vitest'
import { singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const MIB = 1024 * 1024

it('plays pieces of 128 MiB from the only peer there is', async () => {
  const data = Buffer.alloc(160 * MIB)
  for (let mib = 0; mib < 160; mib++) data.writeUInt32BE(mib + 1, mib * MIB)
  const fixture = singleFile('film.mkv', data, 128 * MIB)
  const seeder = await openSeeder(fixture)
  const session = await openSession({ onDemand: true })
  const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
  const { torrent } = await session.add(source, { initialPeers: [seeder.address] })
  await until(session, () => torrent.state.kind === 'live')
  const streams = [torrent.stream(0), torrent.stream(0, { start: 130 * MIB })]
  const first = await Promise.all(streams.map((stream) => stream.read(Buffer.alloc(MIB))))
  expect(Math.min(...first)).toBeGreaterThan(0)
  let position = first[0] ?? 0
  const [film] = streams
  for await (const chunk of film ?? []) {
    expect(data.compare(chunk, 0, chunk.length, position, position + chunk.length)).toBe(0)
    position += chunk.length
  }
  expect(position).toBe(data.length)
})
