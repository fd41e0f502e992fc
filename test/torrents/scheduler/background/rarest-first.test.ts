import { describe, expect, test } from 'vitest'
import { RarestFirst } from '../../../../src/torrents/scheduler/background/rarest-first.ts'
import { seededRandom } from '../simulation/random.ts'

function inOrder(pool: RarestFirst): number[] {
  const order: number[] = []
  pool.find((piece) => {
    order.push(piece)
    return false
  })
  return order
}

describe('a rarity pool', () => {
  test('gives the rarest piece that is accepted', () => {
    const pool = new RarestFirst(4, () => 0)
    for (const piece of [0, 1, 2, 3]) pool.add(piece)
    for (const piece of [0, 0, 1, 2, 2, 2, 3]) pool.raise(piece)
    expect(pool.find((piece) => piece !== 1 && piece !== 3)).toBe(0)
    expect(pool.find((piece) => piece === 2)).toBe(2)
    expect(pool.find(() => false)).toBe(-1)
  })

  test('gives the rarest of those that enough have', () => {
    const pool = new RarestFirst(4, () => 0)
    for (const piece of [0, 1, 2, 3]) pool.add(piece)
    for (const piece of [1, 2, 2, 3, 3, 3]) pool.raise(piece)
    expect([0, 1, 2, 3, 4, 9].map((fewest) => pool.find(() => true, fewest))).toEqual([
      0, 1, 2, 3, -1, -1,
    ])
    expect(pool.find((piece) => piece !== 2, 2)).toBe(3)
  })

  test('agrees with sorting after any changes', () => {
    const random = seededRandom(7)
    const pool = new RarestFirst(50, random)
    const availability = new Array<number>(50).fill(0)
    const members = new Set<number>()
    for (let step = 0; step < 5_000; step++) {
      const piece = Math.floor(random() * 50)
      const count = availability[piece] ?? 0
      const draw = random()
      if (draw < 0.3) {
        pool.raise(piece)
        availability[piece] = count + 1
      } else if (draw < 0.55) {
        pool.lower(piece)
        availability[piece] = Math.max(0, count - 1)
      } else if (draw < 0.8) {
        pool.add(piece)
        members.add(piece)
      } else {
        pool.remove(piece)
        members.delete(piece)
      }
      const order = inOrder(pool)
      expect(new Set(order)).toEqual(members)
      expect(order).toHaveLength(members.size)
      const counts = order.map((member) => availability[member] ?? 0)
      expect(counts).toEqual([...counts].sort((a, b) => a - b))
    }
  })

  test('does not give equally rare pieces in the order of the torrent', () => {
    const pool = new RarestFirst(100, seededRandom(3))
    for (let piece = 0; piece < 100; piece++) pool.add(piece)
    const order = inOrder(pool)
    expect(order.filter((piece, place) => piece === place).length).toBeLessThan(20)
  })
})
