import { describe, expect, it } from 'vitest'
import type { FileStream } from '../../../src/torrents/streams/file-stream.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { TestSource } from '../../helpers/stream-source.ts'

async function readSome(stream: FileStream, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  return buffer.subarray(0, await stream.read(buffer))
}

describe('FileStream.read()', () => {
  it('reads stored bytes, as many as there are in a row', async () => {
    const source = new TestSource(500)
    source.storedTo = 300
    const stream = source.open({ start: 100 })
    expect(await readSome(stream, 50)).toEqual(source.bytes(100, 150))
    expect(await readSome(stream, 1_000)).toEqual(source.bytes(150, 300))
    expect(stream.position).toBe(300)
    expect(source.changes).toEqual(['opened', 'moved', 'moved'])
  })

  it('gathers blocks from memory, and gives them out before it waits or reads the disk', async () => {
    const source = new TestSource(500)
    source.receivedTo = 250
    source.storedFrom = 300
    const stream = source.open()
    expect(await readSome(stream, 1_000)).toEqual(source.bytes(0, 250))
    source.receivedTo = 300
    expect(await readSome(stream, 1_000)).toEqual(source.bytes(250, 300))
    expect(await readSome(stream, 1_000)).toEqual(source.bytes(300, 500))
  })

  it('takes part of a block and goes on within it', async () => {
    const source = new TestSource(500)
    source.receivedTo = 300
    const stream = source.open({ start: 30 })
    expect(await readSome(stream, 20)).toEqual(source.bytes(30, 50))
    expect(await readSome(stream, 100)).toEqual(source.bytes(50, 150))
  })

  it('waits for bytes, looks when woken, and waits on where it was not for it', async () => {
    const source = new TestSource(500)
    const stream = source.open()
    const reading = readSome(stream, 100)
    expect(stream.isWaiting).toBe(true)
    stream.wake()
    await source.changedTo('waiting', 2)
    expect(stream.isWaiting).toBe(true)
    source.storedTo = 10
    stream.wake()
    expect(await reading).toEqual(source.bytes(0, 10))
    expect(stream.isWaiting).toBe(false)
    expect(source.changes).toEqual(['opened', 'waiting', 'waiting', 'moved'])
  })

  it('reads nothing at the end, past it, and of an empty file', async () => {
    const source = new TestSource(500)
    source.storedTo = 500
    const stream = source.open({ start: 500 })
    expect(await stream.read(Buffer.alloc(10))).toBe(0)
    stream.seek(9_999)
    expect(await stream.read(Buffer.alloc(10))).toBe(0)
    stream.seek(499)
    expect(await stream.read(Buffer.alloc(10))).toBe(1)
    expect(await stream.read(Buffer.alloc(10))).toBe(0)
    expect(await new TestSource(0).open().read(Buffer.alloc(10))).toBe(0)
  })

  it('reads nothing into nothing', async () => {
    const stream = new TestSource(500).open()
    expect(await stream.read(Buffer.alloc(0))).toBe(0)
  })
})

describe('FileStream.seek()', () => {
  it('goes on elsewhere, forwards and back', async () => {
    const source = new TestSource(500)
    source.storedTo = 500
    const stream = source.open()
    stream.seek(400)
    expect(await readSome(stream, 10)).toEqual(source.bytes(400, 410))
    stream.seek(-5)
    expect(await readSome(stream, 10)).toEqual(source.bytes(0, 10))
  })

  it('tells nobody where nothing changes', () => {
    const source = new TestSource(500)
    source.open({ start: 7 }).seek(7)
    expect(source.changes).toEqual(['opened'])
  })

  it('gives a waiting read what is there already', async () => {
    const source = new TestSource(500)
    source.storedFrom = 400
    const stream = source.open()
    const reading = readSome(stream, 10)
    stream.seek(450)
    expect(source.changes).toEqual(['opened', 'waiting', 'sought'])
    expect(await reading).toEqual(source.bytes(450, 460))
    expect(stream.position).toBe(460)
  })

  it('makes a waiting read wait for something else', async () => {
    const source = new TestSource(500)
    const stream = source.open()
    const reading = readSome(stream, 10)
    stream.seek(300)
    await source.changedTo('waiting', 2)
    source.storedFrom = 300
    stream.wake()
    expect(await reading).toEqual(source.bytes(300, 310))
  })

  it('wins over a read from the disk that is under way', async () => {
    const source = new TestSource(500)
    source.storedTo = 500
    const stream = source.open()
    source.beforeRead = () => stream.seek(200)
    expect(await readSome(stream, 10)).toEqual(source.bytes(0, 10))
    expect(stream.position).toBe(200)
  })
})

describe('FileStream.close()', () => {
  it('rejects a waiting read, and later ones', async () => {
    const source = new TestSource(500)
    const stream = source.open()
    const reading = readSome(stream, 10)
    stream.close()
    stream.close()
    await expect(reading).rejects.toMatchObject({ kind: 'closed' })
    await expect(readSome(stream, 10)).rejects.toMatchObject({ kind: 'closed' })
    expect(source.changes).toEqual(['opened', 'waiting', 'closed'])
  })

  it('rejects a read that is at the disk', async () => {
    const source = new TestSource(500)
    source.storedTo = 500
    const stream = source.open()
    source.beforeRead = () => stream.close()
    await expect(readSome(stream, 10)).rejects.toMatchObject({ kind: 'closed' })
  })

  it('gives way to an earlier reason', async () => {
    const stream = new TestSource(500).open()
    stream.fail(new TorrentError('corrupt', 'piece 3 was wrong'))
    stream.close()
    await expect(readSome(stream, 10)).rejects.toMatchObject({ kind: 'corrupt' })
  })
})

describe('FileStream, over a disk that fails', () => {
  it('rejects where a stored file cannot be read', async () => {
    const source = new TestSource(500)
    source.storedTo = 500
    source.beforeRead = () => Promise.reject(new Error('EIO'))
    await expect(readSome(source.open(), 10)).rejects.toMatchObject({
      kind: 'unavailable',
      cause: expect.objectContaining({ message: 'EIO' }),
    })
    expect(source.changes.at(-1)).toBe('closed')
  })

  it('gives what is left of a file that has been cut short, and then rejects', async () => {
    const source = new TestSource(500)
    source.storedTo = 1_000
    const stream = source.open({ start: 490, length: 1_000 })
    expect(await readSome(stream, 100)).toEqual(source.bytes(490, 500))
    await expect(readSome(stream, 100)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(source.changes.at(-1)).toBe('closed')
  })
})
