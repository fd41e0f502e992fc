import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { UploadRoom } from '../../../src/http/access/upload-room.ts'

const MIB = 1024 * 1024

function requestOf(headers: Record<string, string>): IncomingMessage {
  return Object.assign(new EventEmitter(), { headers }) as unknown as IncomingMessage
}

function requestOfMib(mib: number): IncomingMessage {
  return requestOf({ 'content-length': String(mib * MIB) })
}

/** Work that ends when it is told to. */
function work(): { run: () => Promise<void>; end: () => void; hasBegun: () => boolean } {
  let end = (): void => {}
  let begun = false
  const ending = new Promise<void>((resolve) => {
    end = resolve
  })
  const run = (): Promise<void> => {
    begun = true
    return ending
  }
  return { run, end: () => end(), hasBegun: () => begun }
}

it('lets in as many bodies as there is room for, and the next one when one is done', async () => {
  const room = new UploadRoom(64 * MIB)
  const [a, b, c] = [work(), work(), work()]
  const first = room.run(requestOfMib(40), a.run)
  const second = room.run(requestOfMib(24), b.run)
  const third = room.run(requestOfMib(2), c.run)
  expect([a, b, c].map((each) => each.hasBegun())).toEqual([true, true, false])
  b.end()
  await second
  await expect.poll(() => c.hasBegun()).toBe(true)
  a.end()
  c.end()
  await Promise.all([first, third])
})

it.each([[{ 'content-length': '100' }], [{}], [{ 'content-length': String(MIB) }]])(
  'holds up no small body: %j',
  async (headers) => {
    const room = new UploadRoom(64 * MIB)
    const large = work()
    const running = room.run(requestOfMib(64), large.run)
    await room.run(requestOf(headers), async () => {})
    large.end()
    await running
  },
)

it('takes a body of unknown length, or of more than all, for the largest', async () => {
  const room = new UploadRoom(64 * MIB)
  const large = work()
  const running = room.run(requestOf({ 'transfer-encoding': 'chunked' }), large.run)
  const next = work()
  const waiting = room.run(requestOfMib(500), next.run)
  expect(next.hasBegun()).toBe(false)
  large.end()
  await running
  await expect.poll(() => next.hasBegun()).toBe(true)
  next.end()
  await waiting
})

it('is 503 for a body for which no room becomes free in time', async () => {
  const room = new UploadRoom(64 * MIB, 1)
  const large = work()
  const running = room.run(requestOfMib(64), large.run)
  await expect(room.run(requestOfMib(2), async () => {})).rejects.toMatchObject({ status: 503 })
  large.end()
  await running
  await room.run(requestOfMib(64), async () => {})
})

it('keeps no room for a client that has left, or for work that has failed', async () => {
  const room = new UploadRoom(64 * MIB)
  const large = work()
  const running = room.run(requestOfMib(64), large.run)
  const request = requestOfMib(64)
  const waiting = room.run(request, async () => {})
  request.emit('close')
  await expect(waiting).rejects.toMatchObject({ status: 400 })
  large.end()
  await running
  const failing = room.run(requestOfMib(64), () => Promise.reject(new Error('bad torrent')))
  await expect(failing).rejects.toThrow('bad torrent')
  await room.run(requestOfMib(64), async () => {})
})
