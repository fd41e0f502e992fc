import { expect, it } from 'vitest'
import { OneByOne } from '../../src/concurrency/one-by-one.ts'

function waiting(): { promise: Promise<string>; resolve: (text: string) => void } {
  let resolve = (_text: string): void => {}
  const promise = new Promise<string>((done) => {
    resolve = done
  })
  return { promise, resolve: (text) => resolve(text) }
}

it('does what concerns one thing in the order asked for, and others meanwhile', async () => {
  const turns = new OneByOne<string>()
  const begun: string[] = []
  const first = waiting()
  const a = turns.run('a', () => {
    begun.push('first of a')
    return first.promise
  })
  const b = turns.run('a', async () => begun.push('second of a'))
  await turns.run('b', async () => begun.push('first of b'))
  expect(begun).toEqual(['first of a', 'first of b'])
  first.resolve('done')
  expect(await a).toBe('done')
  await b
  expect(begun).toEqual(['first of a', 'first of b', 'second of a'])
})

it('goes on after work that fails, which only its own caller hears of', async () => {
  const turns = new OneByOne<string>()
  const failing = turns.run('a', () => Promise.reject(new Error('bad')))
  const next = turns.run('a', async () => 'good')
  await expect(failing).rejects.toThrow('bad')
  expect(await next).toBe('good')
})

it('is idle when nothing is being done, also what was asked for while it waited', async () => {
  const turns = new OneByOne<string>()
  const first = waiting()
  const done: string[] = []
  void turns.run('a', async () => {
    done.push(await first.promise)
    void turns.run('b', async () => done.push('more'))
  })
  const idle = turns.idle()
  first.resolve('first')
  await idle
  expect(done).toEqual(['first', 'more'])
})
