import { expect, it } from 'vitest'
import { Semaphore } from '../../src/concurrency/semaphore.ts'

it('lets only so many do it at once, and the next one when one has failed', async () => {
  const turns = new Semaphore(2)
  const begun: number[] = []
  const ends: ((error?: Error) => void)[] = []
  const running = [0, 1, 2, 3].map((number) =>
    turns.run(
      () =>
        new Promise<number>((resolve, reject) => {
          begun.push(number)
          ends[number] = (error) => (error === undefined ? resolve(number) : reject(error))
        }),
    ),
  )
  expect(begun).toEqual([0, 1])
  ends[1]?.(new Error('bad'))
  await expect(running[1]).rejects.toThrow('bad')
  await expect.poll(() => begun).toEqual([0, 1, 2])
  ends[0]?.()
  await expect.poll(() => begun).toEqual([0, 1, 2, 3])
  ends[2]?.()
  ends[3]?.()
  expect(await Promise.all([running[0], running[2], running[3]])).toEqual([0, 2, 3])
})
