import { describe, expect, it } from 'vitest'
import { IndexAhead } from '../../../src/http/media-files/index-ahead.ts'
import type { FileStream } from '../../../src/torrents/streams/file-stream.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const MIB = 1024 * 1024

describe('IndexAhead', () => {
  it('fetches the moov at the end while the player still reads the head', async () => {
    const film = filmWithMoovBehind(6 * MIB)
    const fixture = singleFile('film.mp4', film, 16 * 1024)
    const seeder = await openSeeder(fixture, { uploadBytesPerSecond: MIB })
    const session = await openSession({ onDemand: true })
    const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
    const { torrent } = await session.add(source, { initialPeers: [seeder.address] })
    await until(session, () => torrent.state.kind === 'live')
    const [file] = torrent.files
    if (file === undefined) throw new Error('the fixture has a file')
    const stream: FileStream = torrent.stream(0)
    const watched = new IndexAhead().watch(stream, torrent, file)
    const head = Buffer.alloc(4_096)
    await watched.whenReadable()
    const count = (await watched.readNow(head)) ?? 0
    expect(head.subarray(0, count).equals(film.subarray(0, count))).toBe(true)
    // The viewer asks for the index: it comes by itself, without the stream that reads the film.
    stream.close()
    const moov = film.lastIndexOf('moov')
    const first = Math.floor(moov / 16_384)
    const pieces = Array.from({ length: torrent.pieceCount - first }, (_, index) => first + index)
    const isThere = (): boolean => pieces.every((piece) => torrent.content?.have.has(piece))
    while (!isThere()) await new Promise((resolve) => setImmediate(resolve))
    expect(torrent.content?.have.isFull).toBe(false)
  })
})

function filmWithMoovBehind(mediaBytes: number): Buffer {
  const boxes = [
    { type: 'ftyp', data: Buffer.alloc(16) },
    { type: 'mdat', data: pseudoRandomBytes(mediaBytes, 3) },
    { type: 'moov', data: pseudoRandomBytes(30_000, 4) },
  ]
  return Buffer.concat(
    boxes.flatMap(({ type, data }) => {
      const header = Buffer.alloc(8)
      header.writeUInt32BE(data.length + 8)
      header.write(type, 4, 'latin1')
      return [header, data]
    }),
  )
}
