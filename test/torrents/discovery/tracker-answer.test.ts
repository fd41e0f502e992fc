import { describe, expect, it } from 'vitest'
import {
  parseHttpAnswer,
  type TrackerAnswer,
} from '../../../src/torrents/discovery/tracker-answer.ts'
import { encodeBencode } from '../../../src/torrents/metainfo/bencode/safe-bencode.ts'

const compact = (...peers: number[][]): Buffer => Buffer.from(peers.flat())
const ONE = [192, 0, 2, 1, 0x1a, 0xe1]
const TWO = [192, 0, 2, 2, 0x1a, 0xe2]

function answerTo(answer: unknown): TrackerAnswer {
  return parseHttpAnswer(encodeBencode(answer))
}

function peersOf(answer: unknown): readonly string[] {
  const parsed = answerTo(answer)
  return parsed.kind === 'peers' ? parsed.peers : []
}

describe('the peers of an answer', () => {
  it.each<[string, object, string[]]>([
    ['compact', { peers: compact(ONE, TWO) }, ['192.0.2.1:6881', '192.0.2.2:6882']],
    [
      'compact with a spare byte',
      { peers: compact(ONE, TWO, [7]) },
      ['192.0.2.1:6881', '192.0.2.2:6882'],
    ],
    ['compact, cut within a peer', { peers: compact(ONE).subarray(0, 5) }, []],
    [
      'peers6',
      { peers6: compact([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1, 0x1a, 0xe1]) },
      ['[2001:db8::1]:6881'],
    ],
    [
      'both',
      { peers: compact(ONE), peers6: compact([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1, 0, 1]) },
      ['192.0.2.1:6881', '[2001:db8::1]:1'],
    ],
    [
      'dictionaries',
      { peers: [{ ip: '192.0.2.1', port: 6881, 'peer id': 'x' }] },
      ['192.0.2.1:6881'],
    ],
    ['IPv6 as text', { peers: [{ ip: '2001:db8::1', port: 1 }] }, ['[2001:db8::1]:1']],
    [
      'IPv6 of 16 characters',
      { peers: [{ ip: '2001:db8:1:2::10', port: 1 }] },
      ['[2001:db8:1:2::10]:1'],
    ],
    ['4 bytes', { peers: [{ ip: Buffer.from(ONE.slice(0, 4)), port: 6881 }] }, ['192.0.2.1:6881']],
    [
      '16 bytes',
      { peers: [{ ip: Buffer.from([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1]), port: 6881 }] },
      ['[2001:db8::1]:6881'],
    ],
    ['ports as text', { peers: [{ ip: '192.0.2.1', port: '6881' }] }, ['192.0.2.1:6881']],
    ['a list of compact ones', { peers: [compact(ONE)] }, ['192.0.2.1:6881']],
    [
      'a dictionary of dictionaries',
      { peers: { 0: { ip: '192.0.2.1', port: 1 } } },
      ['192.0.2.1:1'],
    ],
    ['dictionaries in peers6', { peers6: [{ ip: '2001:db8::1', port: 9 }] }, ['[2001:db8::1]:9']],
    ['each once', { peers: compact(ONE, ONE) }, ['192.0.2.1:6881']],
    ['none at all', {}, []],
  ])('are read: %s', (_, answer, peers) => {
    expect(peersOf(answer)).toEqual(peers)
  })

  it.each<[string, object]>([
    ['names', { peers: [{ ip: 'peer.example', port: 1 }] }],
    [
      'ports that are none',
      {
        peers: [0, -1, 65_536, 2 ** 53 - 1, '', 'x', '70000'].map((port) => ({
          ip: '192.0.2.1',
          port,
        })),
      },
    ],
    ['no port', { peers: [{ ip: '192.0.2.1' }] }],
    [
      'no address',
      { peers: [{ port: 1 }, { ip: 5, port: 1 }, { ip: '', port: 1 }, { ip: 'abc', port: 1 }] },
    ],
    ['a zone', { peers: [{ ip: 'fe80::1%eth0', port: 1 }] }],
    ['port 0', { peers: compact([192, 0, 2, 1, 0, 0]) }],
    [
      'nobody, many and all',
      { peers: compact([0, 0, 0, 0, 0, 1], [224, 0, 0, 1, 0, 1], [255, 255, 255, 255, 0, 1]) },
    ],
    [
      'nobody and many of IPv6',
      { peers6: compact([...Array(16).fill(0), 0, 1], [0xff, 2, ...Array(14).fill(1), 0, 1]) },
    ],
    ['other types', { peers: 5, peers6: -1 }],
    ['lists of other types', { peers: [1, 'x', [], [{}], {}] }],
  ])('leave out %s', (_, answer) => {
    expect(peersOf(answer)).toEqual([])
  })

  it('are 200 at most', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => [
      192,
      0,
      index >> 8,
      index & 255,
      0,
      1,
    ])
    expect(peersOf({ peers: compact(...many) })).toHaveLength(200)
    const dictionaries = many.map(([a, b, c, d]) => ({ ip: [a, b, c, d].join('.'), port: 1 }))
    expect(peersOf({ peers: dictionaries })).toHaveLength(200)
  })
})

describe('what else an answer says', () => {
  it('is read', () => {
    expect(
      answerTo({
        ...{ interval: 1_800, 'min interval': 60, complete: 7, incomplete: 3, peers: '' },
        ...{
          'tracker id': 'abc',
          'warning message': 'be quick\n',
          'external ip': Buffer.from([192, 0, 2, 9]),
        },
      }),
    ).toEqual({
      kind: 'peers',
      peers: [],
      intervalSeconds: 1_800,
      minIntervalSeconds: 60,
      trackerId: Uint8Array.from(Buffer.from('abc')),
      warning: 'be quick',
      seeders: 7,
      leechers: 3,
      externalAddress: '192.0.2.9',
    })
  })

  it('is read over where it is of another type', () => {
    const odd = { interval: [], 'min interval': {}, complete: 'x', incomplete: -1, 'tracker id': 5 }
    expect(answerTo({ ...odd, 'warning message': 1, 'external ip': 'x' })).toMatchObject({
      ...{ kind: 'peers', intervalSeconds: null, minIntervalSeconds: null, trackerId: null },
      ...{ warning: null, seeders: null, leechers: null, externalAddress: null },
    })
    expect(answerTo({ 'tracker id': 'x'.repeat(257) })).toMatchObject({ trackerId: null })
  })

  it('is the reason of a failure, in one line', () => {
    expect(answerTo({ 'failure reason': 'not\u001b[2J\n here', peers: compact(ONE) })).toEqual({
      ...{ kind: 'failure', reason: 'not [2J here', retryInSeconds: null },
    })
    expect(answerTo({ 'failure reason': 'x'.repeat(10_000) })).toMatchObject({
      reason: 'x'.repeat(200),
    })
  })

  it.each<[unknown, number | null]>([
    [5, 300],
    ['7', 420],
    ['never', 86_400],
    [0, null],
    [-3, null],
    [2 ** 53 - 1, 86_400],
    ['soon', null],
  ])('is when to retry: %j', (retryIn, retryInSeconds) => {
    expect(answerTo({ 'failure reason': 'x', 'retry in': retryIn })).toMatchObject({
      retryInSeconds,
    })
  })
})

describe('what is no answer', () => {
  it.each([
    '',
    'hello',
    'd',
    'i5e',
    'le',
    '5:hello',
    'd5:peers',
    '<html>',
    `${'l'.repeat(100_000)}`,
    'd-3:',
  ])('is refused in words: %.20j', (body) => {
    expect(() => parseHttpAnswer(Buffer.from(body))).toThrow(/^its? /)
  })

  it('does not take long: 1 MB of the smallest values', () => {
    const body = Buffer.from(`d5:peersl${'le'.repeat(500_000)}ee`)
    expect(() => parseHttpAnswer(body)).toThrow('more than 70000 items')
  })

  it('is named where it is a web page', () => {
    const page = Buffer.from('<!DOCTYPE html><title>Login</title>')
    expect(() => parseHttpAnswer(page)).toThrow('it answered a web page')
  })
})
