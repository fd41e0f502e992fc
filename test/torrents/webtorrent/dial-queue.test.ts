import { describe, expect, it } from 'vitest'
import { DialQueue } from '../../../src/torrents/webtorrent/dial-queue.ts'

const order = (queue: DialQueue): string[] => [...queue].map(([address]) => address)

describe('DialQueue', () => {
  it('has those first that took a connection, then new ones, then those that failed', () => {
    const queue = new DialQueue()
    queue.add('failed', null, 'failed')
    queue.add('new', null, 'new')
    queue.add('newer', null, 'new')
    queue.add('taken', null, 'taken')
    expect(order(queue)).toEqual(['taken', 'new', 'newer', 'failed'])
    expect(queue.size).toBe(4)
  })

  it('keeps the place of one that is named again, and gives it another when more is known', () => {
    const queue = new DialQueue()
    for (const address of ['a', 'b', 'a']) queue.add(address, 'tracker', 'new')
    expect(order(queue)).toEqual(['a', 'b'])
    queue.add('b', 'tracker', 'taken')
    expect(order(queue)).toEqual(['b', 'a'])
    queue.delete('b')
    expect(queue.has('b')).toBe(false)
    expect(queue.size).toBe(1)
  })
})
