import fc from 'fast-check'
import { expect } from 'vitest'
import { isPeerAddress } from '../../src/peer-address.ts'
import { announceInterval } from '../../src/torrents/discovery/announce-interval.ts'
import {
  MAX_PEERS_PER_ANSWER,
  parseHttpAnswer,
  type TrackerAnswer,
} from '../../src/torrents/discovery/tracker-answer.ts'
import { parseUdpTrackerMessage } from '../../src/torrents/discovery/udp-tracker-message.ts'
import { encodeBencode } from '../../src/torrents/metainfo/bencode/safe-bencode.ts'
import { fuzz, mutated } from './fuzz.ts'

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1')

const seeds = [
  text(
    'd8:completei5e10:incompletei3e8:intervali1800e12:min intervali60e5:peers12:\x7f\0\0\x01\x1a\xe1\xc0\0\x02\x01\x1a\xe1e',
  ),
  text(
    'd8:intervali1800e5:peersld2:ip9:192.0.2.14:porti6881eed2:ip4:\xc0\0\x02\x014:port4:6881eee',
  ),
  text(
    'd8:interval4:18006:peers618:\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x1a\xe110:tracker id3:abce',
  ),
  text('d14:failure reason12:unregistered8:retry in5:nevere'),
  text('d11:external ip4:\xc0\0\x02\x0915:warning message4:slow8:intervali-1ee'),
]

/** What bencode can hold where a tracker puts something. */
const scalar = fc.oneof(
  fc.maxSafeInteger(),
  fc.uint8Array({ maxLength: 40 }),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('', 'never', '6881', '0', '::', '0.0.0.0', 'fe80::1%lo'),
)
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 5 }),
  fc.array(fc.record({ ip: scalar, port: scalar }, { requiredKeys: [] }), { maxLength: 5 }),
  fc.dictionary(fc.string({ maxLength: 5 }), scalar, { maxKeys: 5 }),
)
const keys = [
  ...['peers', 'peers6', 'interval', 'min interval', 'failure reason', 'retry in', 'tracker id'],
  ...['warning message', 'complete', 'incomplete', 'external ip', '__proto__', 'x'],
]
const structured = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...keys), value), { selector: ([key]) => key })
  .map((entries) => encodeBencode(Object.fromEntries(entries)))

function check(answer: TrackerAnswer): void {
  if (answer.kind === 'failure') {
    expect(answer.reason.length).toBeLessThanOrEqual(200)
    expect(answer.reason).not.toMatch(/\p{Cc}/u)
    return
  }
  expect(answer.peers.length).toBeLessThanOrEqual(MAX_PEERS_PER_ANSWER)
  for (const peer of answer.peers) expect(isPeerAddress(peer), peer).toBe(true)
  const seconds = announceInterval(answer.intervalSeconds, answer.minIntervalSeconds)
  expect(seconds).toBeGreaterThanOrEqual(30)
  expect(seconds).toBeLessThanOrEqual(86_400)
  for (const count of [answer.seeders, answer.leechers]) {
    if (count !== null) expect(count).toBeGreaterThanOrEqual(0)
  }
}

function checkHttp(body: Uint8Array): void {
  let answer: TrackerAnswer
  try {
    answer = parseHttpAnswer(body)
  } catch (error) {
    expect(String(error)).toMatch(/^Error: its? answer/)
    return
  }
  check(answer)
}

fuzz(
  'an answer of an HTTP tracker, changed, is read within its limits or refused',
  mutated(seeds),
  checkHttp,
)
fuzz(
  'an answer of an HTTP tracker of any types is read within its limits or refused',
  structured,
  checkHttp,
)

const datagrams = mutated([
  text('\0\0\0\0\x12\x34\x56\x78\x11\x22\x33\x44\x55\x66\x77\x88'),
  text(
    '\0\0\0\x01\x12\x34\x56\x78\0\0\x07\x08\0\0\0\x03\0\0\0\x07\x7f\0\0\x01\x1a\xe1\xc0\0\x02\x01\x1a\xe1',
  ),
  text('\0\0\0\x03\x12\x34\x56\x78not registered'),
])

fuzz(
  'a datagram of a UDP tracker is read within its limits or dropped',
  fc.tuple(datagrams, fc.constantFrom('ipv4' as const, 'ipv6' as const)),
  ([datagram, family]) => {
    const message = parseUdpTrackerMessage(datagram, family)
    if (message?.kind === 'announce') check(message.answer)
    if (message?.kind === 'error') expect(message.reason.length).toBeLessThanOrEqual(200)
  },
)
