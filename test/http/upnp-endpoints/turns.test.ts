import { expect, test } from 'vitest'
import { Turns } from '../../../src/http/upnp-endpoints/turns.ts'

test('work is done in order, and others have their turn between two pieces', async () => {
  const turns = new Turns()
  const order: string[] = []
  const note = (text: string) => async () => void order.push(text)
  const first = turns.take(note('first'))
  const second = turns.take(note('second'))
  setImmediate(() => setImmediate(note('other')))
  await Promise.all([first, second])
  expect(order).toEqual(['first', 'other', 'second'])
})

test('work that fails is a failure of its own', async () => {
  const turns = new Turns()
  const failed = turns.take(() => Promise.reject(new Error('no')))
  const next = turns.take(async () => 'yes')
  await expect(failed).rejects.toThrow('no')
  await expect(next).resolves.toBe('yes')
})
