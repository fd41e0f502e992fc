import { beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { newUdn, notificationTargets } from '../../../src/upnp/description/names.ts'
import { Discovery, type DiscoveryOptions } from '../../../src/upnp/discovery/discovery.ts'
import { parseSsdpMessage } from '../../../src/upnp/discovery/ssdp-message.ts'
import { SEPARATE_WIRES } from '../../../src/upnp/discovery/wires.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeNetwork, type Sent } from '../../helpers/fake-network.ts'

const udn = newUdn()
const targets = notificationTargets(udn)
const names = targets.map(({ notificationTarget }) => notificationTarget)
const SECOND = 1_000
/** Half of each random delay: byebye at 50 and 275, alive at 500 and 725, next round at 451 s. */
const OPENING_MS = 950

let clock: FakeClock
let network: FakeNetwork

beforeEach(() => {
  clock = new FakeClock()
  network = new FakeNetwork(clock, { eth0: '10.0.1.5/24', wlan0: '10.0.2.5/24' })
})

function discoveryOn(
  options: Partial<DiscoveryOptions> = {},
  random = () => 0.5,
  wires = SEPARATE_WIRES,
): Discovery {
  const { networkInterfaces, openSocket, sourceAddressTowards } = network
  return new Discovery({
    udn,
    httpPort: 3030,
    locationPath: '/rootDesc.xml',
    server: 'Linux/6.1 DLNADOC/1.50 UPnP/1.0 Tributary/0.1.0',
    selection: { interfaceNames: [], host: '::' },
    log: silentLogger(),
    ...options,
    ports: { networkInterfaces, openSocket, sourceAddressTowards, clock, random, wires },
  })
}

/** A server that has finished its opening; what it sent is forgotten. */
async function advertised(options: Partial<DiscoveryOptions> = {}): Promise<Discovery> {
  const discovery = discoveryOn(options)
  await discovery.start()
  await clock.advance(OPENING_MS)
  network.sent.length = 0
  return discovery
}

function header(sent: Sent, name: string): string | undefined {
  return parseSsdpMessage(sent.text)?.headers.get(name)
}

/** What left by an interface, as `<ms> <nts>`, once for each complete set of six. */
function sets(by: string): readonly string[] {
  const counts = new Map<string, string[]>()
  for (const sent of network.sent.filter((one) => one.by === by)) {
    const key = `${sent.at} ${header(sent, 'nts')}`
    counts.set(key, [...(counts.get(key) ?? []), `${header(sent, 'nt')} ${header(sent, 'usn')}`])
  }
  const complete = targets.map(({ notificationTarget, usn }) => `${notificationTarget} ${usn}`)
  for (const set of counts.values()) expect(set).toEqual(complete)
  return [...counts.keys()]
}

/** The same without the time. */
function said(by: string): readonly (string | undefined)[] {
  return sets(by).map((set) => set.split(' ')[1])
}

function search(searchTarget: string, ...others: string[]): string {
  const headers = ['MAN: "ssdp:discover"', `ST: ${searchTarget}`, ...others]
  return ['M-SEARCH * HTTP/1.1', 'HOST: 239.255.255.250:1900', ...headers, '', ''].join('\r\n')
}

describe('advertising', () => {
  it('opens with byebye twice and alive twice on every interface', async () => {
    await discoveryOn().start()
    await clock.advance(10 * SECOND)
    for (const by of ['eth0', 'wlan0']) {
      expect(sets(by)).toEqual([
        '50 ssdp:byebye',
        '275 ssdp:byebye',
        '500 ssdp:alive',
        '725 ssdp:alive',
      ])
    }
  })

  it('sends each interface its own LOCATION, from its own address, to the group', async () => {
    await discoveryOn().start()
    await clock.advance(OPENING_MS)
    const alive = network.sent.filter((sent) => header(sent, 'nts') === 'ssdp:alive')
    expect(
      new Set(alive.map((sent) => `${sent.from} ${sent.to} ${header(sent, 'location')}`)),
    ).toEqual(
      new Set([
        '10.0.1.5:1900 239.255.255.250:1900 http://10.0.1.5:3030/rootDesc.xml',
        '10.0.2.5:1900 239.255.255.250:1900 http://10.0.2.5:3030/rootDesc.xml',
      ]),
    )
    expect(network.sockets.map(({ ttl }) => ttl)).toEqual([4, 4])
  })

  it.each([
    ['soonest', 0, 300],
    ['latest', 0.999_999, 600],
  ])('goes on with alive alone, at the %s after %d', async (_name, chance, seconds) => {
    await discoveryOn({}, () => chance).start()
    await clock.advance(2 * SECOND)
    network.sent.length = 0
    await clock.advance((seconds - 5) * SECOND)
    expect(network.sent).toEqual([])
    await clock.advance(5 * SECOND)
    expect(said('eth0')).toEqual(['ssdp:alive', 'ssdp:alive'])
  })

  it('keeps to an interval that is asked for', async () => {
    await advertised({ intervalSeconds: 40, maxAgeSeconds: 86_400 })
    await clock.advance(300 * SECOND)
    // Every 30 s, and half a second for the sets themselves.
    expect(sets('eth0')).toHaveLength(2 * 9)
    expect(header(network.sent[0] ?? expect.fail(), 'cache-control')).toBe('max-age=86400')
  })

  it('keeps well below a short max-age', async () => {
    await advertised({ maxAgeSeconds: 60 })
    await clock.advance(30 * SECOND)
    expect(sets('eth0').length).toBeGreaterThanOrEqual(2)
    expect(network.sent.every((sent) => header(sent, 'cache-control') === 'max-age=60')).toBe(true)
  })
})

describe('searching', () => {
  it.each(names)('answers %s once, from the interface of the searcher', async (name) => {
    await advertised()
    network.multicast('wlan0', '10.0.2.9:50000', search(name, 'MX: 2'))
    await clock.advance(2 * SECOND)
    expect(network.sent).toHaveLength(1)
    const [sent] = network.sent
    expect(sent).toMatchObject({ by: 'wlan0', from: '10.0.2.5:1900', to: '10.0.2.9:50000' })
    const headers = parseSsdpMessage(sent?.text ?? '')?.headers
    expect(headers?.get('st')).toBe(name)
    expect(headers?.get('location')).toBe('http://10.0.2.5:3030/rootDesc.xml')
    expect(headers?.get('cache-control')).toBe('max-age=1800')
    expect(headers?.get('usn')).toBe(targets.find((one) => one.notificationTarget === name)?.usn)
  })

  it('answers ssdp:all with all six', async () => {
    await advertised()
    network.multicast('eth0', '10.0.1.9:50000', search('ssdp:all', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent.map((sent) => header(sent, 'st'))).toEqual(names)
  })

  it('answers a unicast search for the right interface, whichever socket hears it', async () => {
    await advertised()
    network.unicast('10.0.1.9:50000', search('upnp:rootdevice'))
    network.unicast('10.0.2.9:50000', search('upnp:rootdevice'))
    await clock.advance(SECOND)
    expect(network.sent.map((sent) => [sent.to, header(sent, 'location')])).toEqual([
      ['10.0.1.9:50000', 'http://10.0.1.5:3030/rootDesc.xml'],
      ['10.0.2.9:50000', 'http://10.0.2.5:3030/rootDesc.xml'],
    ])
  })

  it('says nothing to an address outside its networks', async () => {
    await advertised()
    network.multicast('eth0', '203.0.113.7:50000', search('ssdp:all', 'MX: 1'))
    await clock.advance(10 * SECOND)
    expect(network.sent).toEqual([])
  })

  it('takes a repeated search for one, and a later one for another', async () => {
    await advertised()
    const text = search('upnp:rootdevice', 'MX: 1')
    network.multicast('eth0', '10.0.1.9:50000', text)
    await clock.advance(400)
    network.multicast('eth0', '10.0.1.9:50000', text)
    await clock.advance(SECOND)
    expect(network.sent).toHaveLength(1)
    network.multicast('eth0', '10.0.1.9:50001', text)
    network.multicast('eth0', '10.0.1.9:50000', text)
    network.multicast('eth0', '10.0.1.9:50000', search('ssdp:all', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent).toHaveLength(9)
  })

  it.each([
    ['without MX', [], 50],
    ['MX 5', ['MX: 5'], 250],
    ['MX 120', ['MX: 120'], 250],
  ])('spreads its answers over a tenth of the wait: %s', async (_name, mx, delay) => {
    await advertised()
    network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice', ...mx))
    await clock.advance(SECOND)
    expect(network.sent.map(({ at }) => at)).toEqual([OPENING_MS + delay])
  })

  it('answers private addresses beyond its networks by the way that leads there, and no others', async () => {
    await advertised()
    network.multicast('wlan0', '192.168.7.9:50000', search('upnp:rootdevice', 'MX: 1'))
    for (const stranger of ['203.0.113.7:50000', '100.64.0.9:50000', '127.0.0.1:50000'])
      network.multicast('wlan0', stranger, search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent.map((sent) => [sent.to, header(sent, 'location')])).toEqual([
      ['192.168.7.9:50000', 'http://10.0.1.5:3030/rootDesc.xml'],
    ])
  })

  it('answers the link of a server that has a network for itself', async () => {
    network = new FakeNetwork(clock, { eth0: '10.0.1.5/32' })
    await advertised()
    network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent.map((sent) => header(sent, 'location'))).toEqual([
      'http://10.0.1.5:3030/rootDesc.xml',
    ])
  })

  it('does not answer by a way where it does not advertise', async () => {
    network = new FakeNetwork(clock, { docker0: '172.17.0.1/16', eth0: '10.0.1.5/24' })
    await advertised()
    network.unicast('172.17.0.2:50000', search('upnp:rootdevice', 'MX: 1'))
    network.unicast('192.168.7.9:50000', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent).toEqual([])
  })

  it('answers with the address in the network of the searcher', async () => {
    network = new FakeNetwork(clock, { eth0: '10.0.1.5/24 192.168.9.1/24' })
    await advertised()
    network.multicast('eth0', '192.168.9.7:50000', search('upnp:rootdevice', 'MX: 1'))
    network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent.map((sent) => header(sent, 'location'))).toEqual([
      'http://192.168.9.1:3030/rootDesc.xml',
      'http://10.0.1.5:3030/rootDesc.xml',
    ])
  })

  it('answers nobody at port 0', async () => {
    await advertised()
    network.multicast('eth0', '10.0.1.9:0', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent).toEqual([])
  })

  it('gives one address 60 answers at once and 12 a second after that', async () => {
    await advertised()
    const counts: number[] = []
    for (let second = 0; second < 20; second += 1) {
      for (let half = 0; half < 2; half += 1) {
        for (let port = 1; port <= 20; port += 1)
          network.multicast('eth0', `10.0.1.9:${port}`, search('ssdp:all', 'MX: 1'))
        await clock.advance(SECOND / 2)
      }
      counts.push(network.sent.length)
    }
    expect(counts[0]).toBeLessThanOrEqual(60 + 12)
    expect(counts.at(-1)).toBeLessThanOrEqual(60 + 20 * 12)
    expect(counts.at(-1)).toBeGreaterThanOrEqual(60 + 18 * 12)
  })

  it('answers 20 searches of one address at a time, and those of another', async () => {
    await advertised()
    for (let port = 1; port <= 100; port += 1) {
      network.multicast('eth0', `10.0.1.9:${port}`, search('upnp:rootdevice', 'MX: 1'))
    }
    network.multicast('eth0', '10.0.1.10:1', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent).toHaveLength(21)
  })

  it('sends no more than 300 answers in a second, whoever asks, and goes on in the next', async () => {
    await advertised()
    const flood = (): void => {
      for (let host = 10; host < 250; host += 1) {
        network.multicast('eth0', `10.0.1.${host}:50000`, search('ssdp:all', 'MX: 1'))
      }
    }
    flood()
    flood()
    await clock.advance(SECOND)
    expect(network.sent).toHaveLength(300)
    flood()
    await clock.advance(SECOND)
    expect(network.sent).toHaveLength(600)
  })

  it('is deaf until it has said that it is here', async () => {
    await discoveryOn().start()
    await clock.advance(300)
    network.sent.length = 0
    network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice'))
    await clock.advance(150)
    expect(network.sent).toEqual([])
  })

  it.each(['', '\0\x01', 'NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n\r\n', 'M-SEARCH * HTTP/1.1'])(
    'lets %j pass',
    async (text) => {
      await advertised()
      network.multicast('eth0', '10.0.1.9:50000', text)
      await clock.advance(SECOND)
      expect(network.sent).toEqual([])
    },
  )
})

describe('networks that come and go', () => {
  it('is alive on a new network without a byebye, and tells the others of its next BOOTID', async () => {
    const discovery = await advertised()
    network.plugIn('eth1', '10.0.3.5/24')
    await clock.advance(7 * SECOND)
    expect(said('eth1')).toEqual(['ssdp:alive', 'ssdp:alive'])
    expect(said('eth0')).toEqual(['ssdp:update', 'ssdp:update', 'ssdp:alive', 'ssdp:alive'])
    const updates = network.sent.filter((sent) => header(sent, 'nts') === 'ssdp:update')
    const alive = network.sent.filter((sent) => header(sent, 'nts') === 'ssdp:alive')
    const [before] = new Set(updates.map((sent) => Number(header(sent, 'bootid.upnp.org'))))
    const next = new Set(updates.map((sent) => Number(header(sent, 'nextbootid.upnp.org'))))
    expect(next).toEqual(new Set([Number(before) + 1]))
    expect(new Set(alive.map((sent) => Number(header(sent, 'bootid.upnp.org'))))).toEqual(next)
    expect(discovery.addresses.map(({ address }) => address)).toContain('10.0.3.5')
  })

  it('says nothing when a second address or a second interface joins the link', async () => {
    const discovery = await advertised()
    network.readdress('eth0', '10.0.1.4/24 192.168.9.1/24 10.0.1.5/24')
    network.plugIn('eth1', '10.0.1.6/24')
    await clock.advance(60 * SECOND)
    expect(network.sent).toEqual([])
    expect(discovery.addresses.map(({ address }) => address)).toEqual(['10.0.1.5', '10.0.2.5'])
  })

  it('says nothing when an address goes that was not announced', async () => {
    network = new FakeNetwork(clock, { eth0: '10.0.1.5/24 192.168.9.1/24', eth1: '10.0.1.6/24' })
    await advertised()
    network.readdress('eth0', '10.0.1.5/24')
    network.unplug('eth1')
    await clock.advance(60 * SECOND)
    expect(network.sent).toEqual([])
  })

  it.each([
    ['by DHCP', () => network.readdress('eth0', '10.0.1.77/24'), 'eth0', '10.0.1.77'],
    [
      'to another network',
      () => network.readdress('eth0', '192.168.9.1/24'),
      'eth0',
      '192.168.9.1',
    ],
    ['to the other interface', () => network.unplug('eth0'), 'eth1', '10.0.1.6'],
  ])('is alive with the new LOCATION, without byebye, when it changes %s', async (...change) => {
    const [, makeIt, by, address] = change
    network = new FakeNetwork(clock, {
      eth0: '10.0.1.5/24',
      eth1: '10.0.1.6/24',
      wlan0: '10.0.2.5/24',
    })
    await advertised()
    makeIt()
    await clock.advance(7 * SECOND)
    const located = network.sent.filter((sent) => sent.by === by)
    expect(
      new Set(located.map((sent) => `${header(sent, 'nts')} ${header(sent, 'location')}`)),
    ).toEqual(new Set([`ssdp:alive http://${address}:3030/rootDesc.xml`]))
    expect(said(by)).toEqual(['ssdp:alive', 'ssdp:alive'])
    expect(said('wlan0').slice(0, 2)).toEqual(['ssdp:update', 'ssdp:update'])
    network.sent.length = 0
    network.multicast(by, `${address.replace(/\d+$/, '9')}:50000`, search('upnp:rootdevice'))
    await clock.advance(SECOND)
    expect(network.sent.map((sent) => header(sent, 'location'))).toEqual([
      `http://${address}:3030/rootDesc.xml`,
    ])
    expect(network.listening).toHaveLength(address === '192.168.9.1' ? 3 : 2)
  })

  it('hears and is heard on an interface that was made again, within 6 s', async () => {
    await advertised()
    for (let time = 0; time < 25; time += 1) {
      network.remake('eth0')
      network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice', 'MX: 1'))
      expect(network.membershipsOf(network.listening[0] ?? expect.fail())).not.toContain('eth0')
      network.sent.length = 0
      await clock.advance(6 * SECOND)
      expect(said('eth0')).toEqual(['ssdp:alive', 'ssdp:alive'])
      network.sent.length = 0
      network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice', 'MX: 1'))
      await clock.advance(SECOND)
      expect(network.sent.map((sent) => header(sent, 'location'))).toEqual([
        'http://10.0.1.5:3030/rootDesc.xml',
      ])
    }
    expect(network.listening).toHaveLength(2)
  })

  it('moves to a bridge that takes over the address', async () => {
    await advertised()
    network.unplug('eth0')
    network.plugIn('br0', '10.0.1.5/24')
    await clock.advance(7 * SECOND)
    expect(said('br0')).toEqual(['ssdp:alive', 'ssdp:alive'])
  })

  it('drops an address that is lost', async () => {
    const discovery = await advertised()
    network.unplug('wlan0')
    await clock.advance(6 * SECOND)
    expect(discovery.addresses.map(({ name }) => name)).toEqual(['eth0'])
    expect(network.sockets.map(({ port }) => port)).toEqual([1_900, null])
    expect(network.sent).toEqual([])
    await clock.advance(600 * SECOND)
    expect(new Set(network.sent.map(({ by }) => by))).toEqual(new Set(['eth0']))
  })

  it('leaves a container bridge with byebye once there is a LAN', async () => {
    network = new FakeNetwork(clock, { docker0: '172.17.0.1/16' })
    const discovery = await advertised()
    expect(discovery.warnings.join()).toContain('docker0')
    network.plugIn('eth0', '10.0.1.5/24')
    await clock.advance(17 * SECOND)
    expect(said('docker0')).toEqual(['ssdp:byebye', 'ssdp:byebye'])
    expect(said('eth0')).toEqual(['ssdp:alive', 'ssdp:alive'])
    expect(discovery.warnings).toEqual([])
  })

  it('begins when the first network appears', async () => {
    network = new FakeNetwork(clock, { lo: '127.0.0.1/8' })
    const discovery = await advertised()
    expect(discovery.warnings.join()).toContain('no network')
    network.plugIn('eth0', '10.0.1.5/24')
    await clock.advance(17 * SECOND)
    expect(sets('eth0')).toHaveLength(4)
  })

  it('waits for an address that is not ready, and sends nothing from elsewhere', async () => {
    network.notReady = '10.0.2.5'
    await discoveryOn().start()
    await clock.advance(4 * SECOND)
    expect(sets('wlan0')).toEqual([])
    expect(said('eth0')).toHaveLength(4)
    network.notReady = null
    await clock.advance(5 * SECOND)
    expect(said('wlan0')).toEqual(['ssdp:alive', 'ssdp:alive'])
  })

  it('joins again and says alive, without byebye, after the machine has slept', async () => {
    await advertised()
    for (const socket of network.sockets) socket.joined.clear()
    clock.suspend(3_600 * SECOND)
    await clock.advance(7 * SECOND)
    expect(said('eth0')).toEqual(['ssdp:alive', 'ssdp:alive'])
    expect(network.sockets.map((socket) => network.membershipsOf(socket))).toEqual([
      ['eth0'],
      ['wlan0'],
    ])
  })

  it('advertises from another port when 1900 is taken', async () => {
    network.isSsdpPortTaken = true
    const discovery = discoveryOn()
    await discovery.start()
    await clock.advance(OPENING_MS)
    expect(sets('eth0')).toHaveLength(4)
    expect(network.sent[0]?.from).toBe('10.0.1.5:40000')
    expect(discovery.warnings.join()).toContain('1900/udp')
  })

  it('hears searches once port 1900 is free', async () => {
    network.isSsdpPortTaken = true
    const discovery = await advertised()
    network.isSsdpPortTaken = false
    await clock.advance(6 * SECOND)
    expect(discovery.warnings).toEqual([])
    expect(network.sent).toEqual([])
    network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent.map(({ from }) => from)).toEqual(['10.0.1.5:1900'])
    expect(network.sockets.filter(({ port }) => port !== null)).toHaveLength(2)
  })

  it('is silent when HTTP listens on loopback', async () => {
    const discovery = await advertised({ selection: { interfaceNames: [], host: '127.0.0.1' } })
    await clock.advance(30 * SECOND)
    expect(network.sockets).toEqual([])
    expect(discovery.warnings).toHaveLength(1)
  })
})

describe('IPv6', () => {
  beforeEach(() => {
    network = new FakeNetwork(clock, {
      eth0: '10.0.1.5/24 fe80::5/64 fd00::5/64',
      eth1: 'fe80::6/64',
    })
  })

  const heard = (): ReadonlySet<string> =>
    new Set(
      network.sent
        .filter((sent) => header(sent, 'nts') === 'ssdp:alive')
        .map((sent) => `${sent.by} ${sent.to} ${header(sent, 'host')} ${header(sent, 'location')}`),
    )

  it('is silent unless asked for', async () => {
    await discoveryOn().start()
    await clock.advance(OPENING_MS)
    expect(network.sent.every(({ by, to }) => by === 'eth0' && to.startsWith('239.'))).toBe(true)
  })

  it('advertises in both scopes of each link, with LOCATION in brackets and without a zone', async () => {
    await discoveryOn({ ipv6: true }).start()
    await clock.advance(OPENING_MS)
    const location = (address: string): string => `http://[${address}]:3030/rootDesc.xml`
    expect(heard()).toEqual(
      new Set([
        'eth0 239.255.255.250:1900 239.255.255.250:1900 http://10.0.1.5:3030/rootDesc.xml',
        `eth0 [ff02::c]:1900 [FF02::C]:1900 ${location('fe80::5')}`,
        `eth0 [ff05::c]:1900 [FF05::C]:1900 ${location('fd00::5')}`,
        `eth1 [ff02::c]:1900 [FF02::C]:1900 ${location('fe80::6')}`,
      ]),
    )
  })

  it.each([
    ['[fe80::9%eth1]:50000', 'eth1', 'fe80::6'],
    ['[fe80::9%eth0]:50000', 'eth0', 'fe80::5'],
    ['[fd00::9]:50000', 'eth0', 'fd00::5'],
  ])('answers %s on its link', async (searcher, by, address) => {
    await advertised({ ipv6: true })
    network.multicast(by, searcher, search('upnp:rootdevice', 'MX: 1'))
    network.multicast(by, '[2001:db8::9]:50000', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent.map((sent) => [sent.by, sent.to, header(sent, 'location')])).toEqual([
      [by, searcher, `http://[${address}]:3030/rootDesc.xml`],
    ])
  })

  it('hears on an interface that was made again', async () => {
    await advertised({ ipv6: true })
    network.remake('eth1')
    await clock.advance(6 * SECOND)
    network.sent.length = 0
    network.multicast('eth1', '[fe80::9%eth1]:50000', search('upnp:rootdevice', 'MX: 1'))
    await clock.advance(SECOND)
    expect(network.sent).toHaveLength(1)
  })
})

describe('close()', () => {
  it('says byebye twice everywhere, then closes', async () => {
    const discovery = await advertised()
    const closed = discovery.close()
    expect(discovery.close()).toBe(closed)
    await clock.advance(300)
    await closed
    for (const by of ['eth0', 'wlan0'])
      expect(sets(by)).toEqual(['950 ssdp:byebye', '1175 ssdp:byebye'])
    expect(network.sockets.map(({ port }) => port)).toEqual([null, null])
    expect(clock.pending).toBe(0)
  })

  it('says nothing where it could never begin', async () => {
    network.notReady = '10.0.2.5'
    const discovery = await advertised()
    const closed = discovery.close()
    await clock.advance(300)
    await closed
    expect(sets('wlan0')).toEqual([])
    expect(sets('eth0')).toHaveLength(2)
  })

  it('takes back answers that have not left', async () => {
    const discovery = await advertised()
    network.multicast('eth0', '10.0.1.9:50000', search('upnp:rootdevice'))
    const closed = discovery.close()
    await clock.advance(SECOND)
    await closed
    expect(network.sent.filter((sent) => header(sent, 'st') !== undefined)).toEqual([])
  })

  it('closes within a second when nothing can be sent', async () => {
    const discovery = await advertised()
    network.isStuck = true
    const closed = discovery.close()
    await clock.advance(SECOND)
    await closed
    expect(network.sockets.map(({ port }) => port)).toEqual([null, null])
  })

  it('ends an opening that has hardly begun', async () => {
    const discovery = discoveryOn()
    const started = discovery.start()
    const closed = discovery.close()
    await started
    await clock.advance(10 * SECOND)
    await closed
    expect(network.sent.filter((sent) => header(sent, 'nts') === 'ssdp:alive')).toEqual([])
    expect(network.sockets.map(({ port }) => port)).toEqual([null, null])
    expect(clock.pending).toBe(0)
  })
})
