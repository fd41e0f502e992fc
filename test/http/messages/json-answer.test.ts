import { describe, expect, it } from 'vitest'
import { jsonText, LongList, NestedList } from '../../../src/http/messages/json-answer.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { send, startHttpServer } from '../../helpers/http-client.ts'

function textOf(value: unknown): string {
  return [...jsonText(value)].join('')
}

describe('jsonText()', () => {
  it.each([
    [null],
    ['a "quoted" \u0001'],
    [{}],
    [[]],
    [{ a: undefined, b: [undefined], c: { d: new Date(0) } }],
    [[1, { e: [2] }]],
  ])('writes %j as JSON.stringify does', (value) => {
    expect(textOf(value)).toBe(JSON.stringify(value))
  })

  it('writes lists whose items are made when they are written', () => {
    const numbers = new LongList(3, (place) => place * 10)
    const items = new NestedList(2, (place) => ({ place, gone: undefined, numbers }))
    expect(JSON.parse(textOf({ id: 1, items, none: new LongList(0, () => 1) }))).toEqual({
      id: 1,
      items: [
        { place: 0, numbers: [0, 10, 20] },
        { place: 1, numbers: [0, 10, 20] },
      ],
      none: [],
    })
  })

  it('writes every item of a list of any length once', () => {
    for (const length of [0, 1, 127, 128, 129, 1_000]) {
      const text = textOf(new LongList(length, (place) => place))
      expect(JSON.parse(text)).toEqual(Array.from({ length }, (_, place) => place))
    }
  })

  it('writes items with long and short lists in their order, together or apart', () => {
    const lengths = [0, 3, 1_000, 2, 2_000, 500, 0, ...Array.from({ length: 600 }, () => 1)]
    const numbers = (length: number): number[] => Array.from({ length }, (_, place) => place)
    const items = new NestedList(lengths.length, (place) => ({
      place,
      inner: { list: new LongList(lengths[place] ?? 0, (number) => number) },
    }))
    const plain = lengths.map((length, place) => ({ place, inner: { list: numbers(length) } }))
    expect(textOf({ items, more: 1 })).toBe(JSON.stringify({ items: plain, more: 1 }))
    const [first, ...others] = [...jsonText(new NestedList(500, () => [1]))]
    expect(others.length).toBeGreaterThan(0)
    expect(first?.length).toBeLessThan(2_000)
  })
})

describe('GET /torrents/{id}', () => {
  const files = Array.from({ length: 20_000 }, (_, n) => ({ path: `s ${n}/é ${n}.mkv`, length: n }))

  it('of very many files is whole, and without a length', async () => {
    const port = await startHttpServer({ session: new FakeSession(new FakeTorrent(0, 'a', files)) })
    const answer = await fetch(`http://127.0.0.1:${port}/torrents/0`)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('content-length')).toBeNull()
    const details = (await answer.json()) as { files: { name: string; length: number }[] }
    expect(details.files).toHaveLength(20_000)
    expect(details.files[19_999]).toMatchObject({ name: 's 19999/é 19999.mkv', length: 19_999 })
  })

  it('of few files has a length', async () => {
    const torrent = new FakeTorrent(0, 'a', files.slice(0, 3))
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    const answer = await send(port, 'GET', '/torrents/0')
    expect(answer.headers['content-length']).toBe(String(answer.body.length))
    expect((await send(port, 'HEAD', '/torrents/0')).headers['content-length']).toBe(
      answer.headers['content-length'],
    )
  })
})
