import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { TestSource } from '../../helpers/stream-source.ts'

const MIB = 1024 * 1024

async function all(readable: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of readable) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function stored(length: number): TestSource {
  const source = new TestSource(length)
  source.storedTo = length
  return source
}

describe('FileStream.toReadable()', () => {
  it.each([
    ['everything', {}, 0, 3_000],
    ['a range, both ends included', { start: 10, end: 19 }, 10, 20],
    ['one byte', { start: 0, end: 0 }, 0, 1],
    ['from a start on', { start: 2_990 }, 2_990, 3_000],
    ['up to an end', { end: 9 }, 0, 10],
    ['up to the end of the file at most', { start: 2_990, end: 9_999 }, 2_990, 3_000],
    ['nothing behind the end', { start: 3_000 }, 0, 0],
    ['nothing where the end comes first', { start: 20, end: 10 }, 0, 0],
  ])('gives %s', async (_, range, from, to) => {
    const source = stored(3_000)
    const bytes = await all(source.open().toReadable(range))
    expect(bytes.equals(source.bytes(from, to))).toBe(true)
    expect(source.changes.at(-1)).toBe('closed')
  })

  it('goes on from the position where no start is given', async () => {
    const source = stored(3_000)
    const bytes = await all(source.open({ start: 100 }).toReadable({ end: 199 }))
    expect(bytes.equals(source.bytes(100, 200))).toBe(true)
  })

  it('gives an empty file', async () => {
    expect(await all(new TestSource(0).open().toReadable())).toHaveLength(0)
  })

  it('gives megabytes, some of them from memory', async () => {
    const source = new TestSource(3 * MIB)
    source.storedTo = MIB
    source.receivedTo = MIB + 77_777
    source.storedFrom = MIB + 77_777
    const bytes = await all(source.open().toReadable())
    expect(bytes.equals(source.bytes(0, 3 * MIB))).toBe(true)
  })

  it('reads no further ahead than a consumer takes', async () => {
    const source = stored(3 * MIB)
    const stream = source.open()
    const readable = stream.toReadable()
    await once(readable, 'readable')
    expect(stream.position).toBeLessThanOrEqual(MIB)
    readable.destroy()
  })

  it('closes the stream at once when it is destroyed while it waits', async () => {
    const source = new TestSource(3_000)
    const stream = source.open()
    const readable = stream.toReadable()
    readable.resume()
    await source.changedTo('waiting')
    readable.destroy()
    expect(source.changes.at(-1)).toBe('closed')
    await once(readable, 'close')
    expect(readable.errored).toBeNull()
  })

  it('fails with the reason of the stream', async () => {
    const source = new TestSource(3_000)
    const stream = source.open()
    const reading = all(stream.toReadable())
    await source.changedTo('waiting')
    stream.fail(new TorrentError('corrupt', 'piece 0 was wrong'))
    await expect(reading).rejects.toMatchObject({ kind: 'corrupt' })
  })
})

describe('FileStream, iterated', () => {
  it('gives the bytes from the position on, in chunks that can be kept', async () => {
    const source = new TestSource(MIB)
    source.storedTo = MIB
    const chunks: Uint8Array[] = []
    for await (const chunk of source.open({ start: 5 })) chunks.push(chunk)
    expect(chunks.length).toBeGreaterThan(1)
    expect(Buffer.concat(chunks).equals(source.bytes(5, MIB))).toBe(true)
    expect(source.changes.at(-1)).toBe('closed')
  })

  it('closes the stream when the loop is left early', async () => {
    const source = stored(MIB)
    for await (const chunk of source.open()) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    expect(source.changes.at(-1)).toBe('closed')
  })

  it('throws the reason', async () => {
    const source = new TestSource(500)
    const stream = source.open()
    const next = stream[Symbol.asyncIterator]().next()
    stream.close()
    await expect(next).rejects.toMatchObject({ kind: 'closed' })
  })
})
