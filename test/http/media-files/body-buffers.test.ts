import { expect, test } from 'vitest'
import { BodyBuffers } from '../../../src/http/media-files/body-buffers.ts'

/** Reads that end when they are told to, in any order. */
class Reads {
  readonly targets: Buffer[] = []
  readonly #ends: ((count: number | null) => void)[] = []

  read = (target: Buffer): Promise<number | null> => {
    this.targets.push(target)
    return new Promise((resolve) => this.#ends.push(resolve))
  }

  end(index: number, count: number | null): void {
    this.#ends[index]?.(count)
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('only so many are filled at once, the others wait for their turn', async () => {
  const buffers = new BodyBuffers()
  const reads = new Reads()
  const filled = Array.from({ length: 12 }, () => buffers.fill(reads.read))
  await turn()
  expect(reads.targets).toHaveLength(8)
  reads.end(3, 5)
  const third = await filled[3]
  expect(third?.count).toBe(5)
  // To compare them by their contents would take seconds.
  expect(third?.buffer).toBe(reads.targets[3])
  await turn()
  expect(reads.targets).toHaveLength(9)
  for (let index = 0; index < 12; index++) {
    reads.end(index, index)
    await turn()
  }
  const counts = (await Promise.all(filled)).map(({ count }) => count)
  expect(counts).toEqual([0, 1, 2, 5, 4, 5, 6, 7, 8, 9, 10, 11])
})

test('no two fills that have not been released share memory', async () => {
  const buffers = new BodyBuffers()
  const filled = await Promise.all(
    Array.from({ length: 20 }, () => buffers.fill(async (target) => target.length)),
  )
  expect(new Set(filled.map(({ buffer }) => buffer)).size).toBe(20)
})

test('the buffer that was released last is used next', async () => {
  const buffers = new BodyBuffers()
  const first = await buffers.fill(async () => 1)
  const second = await buffers.fill(async () => 1)
  buffers.release(first.buffer)
  buffers.release(second.buffer)
  expect((await buffers.fill(async () => 1)).buffer).toBe(second.buffer)
  expect((await buffers.fill(async () => 1)).buffer).toBe(first.buffer)
})

test('a read that fails, or finds nothing, gives its turn and its buffer back', async () => {
  const buffers = new BodyBuffers()
  const failure = new Error('closed')
  for (let round = 0; round < 20; round++) {
    await expect(buffers.fill(() => Promise.reject(failure))).rejects.toBe(failure)
    const { buffer, count } = await buffers.fill(async () => null)
    expect(count).toBeNull()
    buffers.release(buffer)
  }
  await expect(buffers.fill(async () => 7)).resolves.toMatchObject({ count: 7 })
})

test('large buffers that are not given back are not replaced: small ones take their place', async () => {
  const buffers = new BodyBuffers()
  const taken: Buffer[] = []
  for (let i = 0; i < 70; i++) taken.push((await buffers.fill(async () => 1)).buffer)
  const lengths = taken.map(({ length }) => length)
  expect(lengths.filter((length) => length === 1_048_576)).toHaveLength(24)
  expect(lengths.filter((length) => length === 65_536)).toHaveLength(46)
  for (const buffer of taken) buffers.release(buffer)
  expect((await buffers.fill(async () => 1)).buffer).toHaveLength(1_048_576)
  expect((await buffers.fill(async () => 1, 'small')).buffer).toHaveLength(65_536)
})
