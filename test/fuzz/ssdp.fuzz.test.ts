import fc from 'fast-check'
import { expect } from 'vitest'
import { silentLogger } from '../../src/log.ts'
import { parseUdn } from '../../src/upnp/description/names.ts'
import { Discovery } from '../../src/upnp/discovery/discovery.ts'
import { isPrivate } from '../../src/upnp/discovery/network-address.ts'
import { ResponseBudget } from '../../src/upnp/discovery/response-budget.ts'
import { parseSearch, parseSsdpMessage } from '../../src/upnp/discovery/ssdp-message.ts'
import { SEPARATE_WIRES } from '../../src/upnp/discovery/wires.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { FakeNetwork } from '../helpers/fake-network.ts'
import { fuzz, mutated } from './fuzz.ts'

const UDN = parseUdn('uuid:2d2c1b0a-0000-4000-8000-000000000001') ?? expect.fail()

const SEARCH = [
  'M-SEARCH * HTTP/1.1',
  'HOST: 239.255.255.250:1900',
  'MAN: "ssdp:discover"',
  'MX: 3',
  'ST: ssdp:all',
  'USER-AGENT: Linux/3.10 UPnP/1.0 TV/1.0',
  '',
  '',
].join('\r\n')

const searches = [SEARCH, SEARCH.replaceAll('\r\n', '\n'), SEARCH.replace('ssdp:all', UDN)]
const notifications = ['ssdp:alive', 'ssdp:byebye', 'ssdp:update'].map((nts) =>
  ['NOTIFY * HTTP/1.1', `NTS: ${nts}`, `NT: ${UDN}`, `USN: ${UDN}`, '', ''].join('\r\n'),
)
const answer = `HTTP/1.1 200 OK\r\nST: ssdp:all\r\nMAN: "ssdp:discover"\r\nUSN: ${UDN}\r\n\r\n`

const datagrams = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...searches).map((text) => Buffer.from(text)) },
  {
    weight: 6,
    arbitrary: mutated([...searches, ...notifications, answer].map((text) => Buffer.from(text))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(70_000), fc.constantFrom(' ', ':', '"', '\r', '\t', '\0', '%'))
      .map(([count, character]) =>
        Buffer.from(SEARCH.replace('ssdp:all', character.repeat(count))),
      ),
  },
)

fuzz('an SSDP datagram is a search or nothing', datagrams, (datagram) => {
  const text = Buffer.from(datagram).toString()
  parseSsdpMessage(text)
  const search = parseSearch(text)
  if (search === null) return
  expect(search.searchTarget).not.toBe('')
  expect(search.maxWaitSeconds).toBeGreaterThanOrEqual(1)
  expect(search.maxWaitSeconds).toBeLessThanOrEqual(5)
})

const LINK = ['10.0.1.9', '10.0.1.255', '10.0.1.5', '192.168.9.7', 'fe80::9%eth0']
const FAR = ['192.168.200.1', '8.8.8.8', '127.0.0.1', '0.0.0.0', '2001:db8::1', '::1', '100.64.0.1']

/** A few datagrams from a few addresses, with time between them. */
const traffic = fc.array(
  fc.record({
    datagram: datagrams,
    address: fc.oneof(fc.constantFrom(...LINK), fc.constantFrom(...FAR), fc.ipV4(), fc.ipV6()),
    port: fc.oneof(fc.constantFrom(0, 1, 1_900, 65_535), fc.nat(65_535)),
    gapMs: fc.oneof(fc.constant(0), fc.nat(1_500)),
  }),
  { maxLength: 12 },
)

/** Headers alone have some 430 bytes; no answer is to repeat what a searcher makes up. */
const LONGEST_ANSWER_BYTES = 600
const ANSWERS_TO_ALL = 6

fuzz(
  'whatever arrives, few and short answers go to private addresses alone',
  traffic,
  async (all) => {
    const clock = new FakeClock()
    const network = new FakeNetwork(clock, {
      eth0: '10.0.1.5/24 192.168.9.1/24 fe80::5/64 fd00::5/64',
    })
    const { networkInterfaces, openSocket, sourceAddressTowards } = network
    const discovery = new Discovery({
      udn: UDN,
      httpPort: 3_030,
      locationPath: '/rootDesc.xml',
      server: 'Linux/6.1 DLNADOC/1.50 UPnP/1.0 Tributary/0.1.0',
      selection: { interfaceNames: [], host: '::' },
      ipv6: true,
      log: silentLogger(),
      ports: {
        networkInterfaces,
        openSocket,
        sourceAddressTowards,
        clock,
        random: () => 0.5,
        wires: SEPARATE_WIRES,
      },
    })
    await discovery.start()
    await clock.advance(950)
    network.sent.length = 0
    const asked = new Map<string, number>()
    for (const { datagram, address, port, gapMs } of all) {
      const from = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
      asked.set(from, (asked.get(from) ?? 0) + 1)
      for (const socket of network.listening) {
        if (socket.family === (address.includes(':') ? 6 : 4)) socket.receive(datagram, from)
      }
      await clock.advance(gapMs)
    }
    await clock.advance(1_000)
    const answers = network.sent.filter(({ text }) => text.startsWith('HTTP/1.1 200 OK\r\n'))
    for (const { to, text } of answers) {
      expect(asked.has(to) && !to.endsWith(':0')).toBe(true)
      const host = to.slice(0, to.lastIndexOf(':')).replace(/^\[|\]$/g, '')
      expect(isPrivate(host)).toBe(true)
      expect(text.length).toBeLessThanOrEqual(LONGEST_ANSWER_BYTES)
    }
    for (const [from, times] of asked)
      expect(answers.filter(({ to }) => to === from).length).toBeLessThanOrEqual(
        times * ANSWERS_TO_ALL,
      )
    const closed = discovery.close()
    await clock.advance(1_000)
    await closed
    expect(clock.pending).toBe(0)
  },
  10,
)

/** How many answers are asked for, for whom, and how long after the one before. */
const demands = fc.array(
  fc.record({
    host: fc.nat(3),
    count: fc.nat(400),
    gapMs: fc.oneof(fc.constant(0), fc.nat(3_000)),
  }),
  { maxLength: 30 },
)

fuzz('no address gets more than 60 answers at once and 12 a second', demands, async (all) => {
  const clock = new FakeClock()
  const budget = new ResponseBudget(clock)
  const startedAt = clock.now()
  const spent = new Map<number, number>()
  for (const { host, count, gapMs } of all) {
    clock.suspend(gapMs)
    for (let one = 0; one < count; one += 1) {
      if (budget.spend(`10.0.1.${host}`)) spent.set(host, (spent.get(host) ?? 0) + 1)
    }
    const seconds = (clock.now() - startedAt) / 1_000
    for (const count of spent.values()) expect(count).toBeLessThanOrEqual(60 + 12 * seconds)
    const inAll = [...spent.values()].reduce((sum, count) => sum + count, 0)
    expect(inAll).toBeLessThanOrEqual(300 * (Math.floor(seconds) + 2))
  }
})
