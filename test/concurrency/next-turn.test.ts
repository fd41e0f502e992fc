import { expect, it } from 'vitest'
import { nextTurn } from '../../src/concurrency/next-turn.ts'

/** Keeps the event loop busy; ms. */
function work(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

it('lets the loop go on between those who work, however many there are', async () => {
  let turns = 0
  let isOver = false
  const count = (): void => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await Promise.all(Array.from({ length: 12 }, () => nextTurn().then(() => work(4))))
  isOver = true
  // setImmediate alone would have had all of them at work in one turn.
  expect(turns).toBeGreaterThanOrEqual(6)
})

it('goes on in the order in which it was asked, also with those who ask again', async () => {
  const order: string[] = []
  const worker = async (name: string): Promise<void> => {
    for (let step = 1; step <= 2; step++) {
      await nextTurn()
      order.push(`${name}${step}`)
      work(6)
    }
  }
  await Promise.all([worker('a'), worker('b'), worker('c')])
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
})
