import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { discover } from './clients/gssdp-discover.ts'
import { LOCATION, NOTICED_MS } from './lab/announced.ts'
import { type Host, Lab } from './lab/lab.ts'
import { remakeFirstInterface, shareFirstLan } from './lab/shared-lan.ts'
import { search } from './lab/ssdp-search.ts'
import { type SsdpMessage, SsdpTraffic } from './lab/ssdp-traffic.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

/** A control point that stays: what it loses and finds while it runs. */
function watch(host: Host): ReturnType<Host['start']> {
  return host.start([
    'gssdp-discover',
    '-m',
    'all',
    '-i',
    host.interfaceName,
    '-t',
    'upnp:rootdevice',
  ])
}

function locations(messages: readonly SsdpMessage[]): ReadonlySet<string | undefined> {
  return new Set(messages.map(({ headers }) => headers.location))
}

async function hasOpened(traffic: SsdpTraffic): Promise<void> {
  // Two sets of six.
  await waitFor('the announcement', () => traffic.notifications('ssdp:alive').length >= 12)
}

describeWithTools(['gssdp-discover'], 'interfaces that change', () => {
  it('a second address and a second interface on a network say nothing there', async () => {
    const lab = await Lab.open()
    const first = await shareFirstLan(lab)
    const traffic = await SsdpTraffic.listen(first)
    const { program } = await Tributary.start(lab)
    await hasOpened(traffic)
    const controlPoint = watch(first)
    await controlPoint.waitForOutput(/resource available/)
    const opened = traffic.messages.length
    await lab.server.run(['ip', 'address', 'add', '192.168.99.1/24', 'dev', 'e1'])
    await lab.server.run(['ip', 'address', 'add', '10.78.1.3/24', 'dev', 'e3'])
    await lab.server.run(['ip', 'link', 'set', 'e3', 'up'])
    await delay(2 * NOTICED_MS)
    expect(traffic.messages.slice(opened).filter(({ headers }) => headers.nts)).toEqual([])
    expect(await discover(first)).toEqual([
      { usn: expect.any(String), location: LOCATION('10.78.1.1') },
    ])
    expect(controlPoint.output).not.toContain('unavailable')
    await program.terminate()
    await controlPoint.waitForOutput(/resource unavailable/)
  })

  it('of two interfaces on one network, the other goes on where the first is gone', async () => {
    const lab = await Lab.open()
    const first = await shareFirstLan(lab)
    await lab.server.run(['ip', 'address', 'add', '10.78.1.3/24', 'dev', 'e3'])
    await lab.server.run(['ip', 'link', 'set', 'e3', 'up'])
    const traffic = await SsdpTraffic.listen(first)
    await Tributary.start(lab)
    await hasOpened(traffic)
    expect(locations(traffic.notifications('ssdp:alive'))).toEqual(new Set([LOCATION('10.78.1.1')]))
    const byebyes = traffic.notifications('ssdp:byebye').length
    await lab.server.run(['ip', 'link', 'set', 'e1', 'down'])
    await waitFor('the other address', () =>
      locations(traffic.notifications('ssdp:alive')).has(LOCATION('10.78.1.3')),
    )
    expect(traffic.notifications('ssdp:byebye')).toHaveLength(byebyes)
    expect(await search(first, first.address)).toEqual([LOCATION('10.78.1.3')])
  })

  it('two interfaces in different networks on one wire are announced as one', async () => {
    const lab = await Lab.open()
    const first = await shareFirstLan(lab)
    await lab.server.run(['ip', 'address', 'add', '192.168.99.1/24', 'dev', 'e3'])
    await lab.server.run(['ip', 'link', 'set', 'e3', 'up'])
    await first.run(['ip', 'address', 'add', '192.168.99.7/24', 'dev', first.interfaceName])
    // Nothing is heard by an interface that does not lead back to where it came from.
    await lab.server.run(['sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=1'])
    // New IPv6 addresses are not used at once.
    await delay(2_500)
    const traffic = await SsdpTraffic.listen(first)
    await Tributary.start(lab)
    await hasOpened(traffic)
    await delay(NOTICED_MS)
    expect(locations(traffic.notifications('ssdp:alive'))).toEqual(new Set([LOCATION('10.78.1.1')]))
    expect(await search(first, first.address)).toEqual([LOCATION('10.78.1.1')])
    expect(await search(first, '192.168.99.7')).toEqual([LOCATION('192.168.99.1')])
    // One of them goes: the other goes on, and nobody is told that we have left.
    const byebyes = traffic.notifications('ssdp:byebye').length
    await lab.server.run(['ip', 'link', 'set', 'e1', 'down'])
    await waitFor('the other address', () =>
      locations(traffic.notifications('ssdp:alive')).has(LOCATION('192.168.99.1')),
    )
    expect(traffic.notifications('ssdp:byebye')).toHaveLength(byebyes)
  })

  it('an interface of any name is not taken for one on the wire of another', async () => {
    const lab = await Lab.open()
    const first = await shareFirstLan(lab)
    await lab.server.run(['ip', 'link', 'set', 'e2', 'down'])
    await lab.server.run(['ip', 'link', 'set', 'e2', 'name', 'br_lan'])
    await lab.server.run(['ip', 'link', 'set', 'br_lan', 'up'])
    await lab.server.run(['ip', 'address', 'add', '10.78.1.3/24', 'dev', 'e3'])
    await lab.server.run(['ip', 'link', 'set', 'e3', 'up'])
    // New IPv6 addresses are not used at once.
    await delay(2_500)
    await Tributary.start(lab)
    for (const host of [first, lab.second]) {
      await waitFor('an answer', async () => (await search(host, host.address)).length > 0)
    }
    await delay(NOTICED_MS)
    expect(await search(first, first.address)).toEqual([LOCATION('10.78.1.1')])
    expect(await search(lab.second, lab.second.address)).toEqual([LOCATION('10.78.2.1')])
  })

  it('a changed address is announced without a byebye, and the other network is told', async () => {
    const lab = await Lab.open()
    const [first, second] = await Promise.all([
      SsdpTraffic.listen(lab.first),
      SsdpTraffic.listen(lab.second),
    ])
    await Tributary.start(lab)
    await Promise.all([hasOpened(first), hasOpened(second)])
    const controlPoint = watch(lab.second)
    await controlPoint.waitForOutput(/resource available/)
    const byebyes = first.notifications('ssdp:byebye').length
    await lab.server.run(['ip', 'address', 'add', '10.78.1.77/24', 'dev', 'e1'])
    await lab.server.run(['ip', 'address', 'del', '10.78.1.1/24', 'dev', 'e1'])
    // Its other addresses in the network go with the first one.
    await lab.server.run(['ip', 'address', 'replace', '10.78.1.77/24', 'dev', 'e1'])
    const alive = await waitFor('the new address', () =>
      first
        .notifications('ssdp:alive')
        .find(({ headers }) => headers.location === LOCATION('10.78.1.77')),
    )
    await waitFor('alive on the other network', () =>
      second
        .notifications('ssdp:alive')
        .some(({ headers }) => headers['bootid.upnp.org'] === alive.headers['bootid.upnp.org']),
    )
    for (const traffic of [first, second])
      expect(traffic.notifications('ssdp:byebye')).toHaveLength(byebyes)
    const [update] = second.notifications('ssdp:update')
    expect(update?.headers['nextbootid.upnp.org']).toBe(alive.headers['bootid.upnp.org'])
    expect(controlPoint.output).not.toContain('unavailable')
  })

  it('an interface that is made again is heard and hears', async () => {
    const lab = await Lab.open()
    await Tributary.start(lab)
    await waitFor('the first answer', async () => (await search(lab.first, '10.78.1.2')).length > 0)
    await remakeFirstInterface(lab)
    const traffic = await SsdpTraffic.listen(lab.first)
    await waitFor('the announcement', () => traffic.notifications('ssdp:alive').length > 0)
    await delay(NOTICED_MS)
    expect(traffic.notifications('ssdp:byebye')).toEqual([])
    expect(locations(traffic.notifications('ssdp:alive'))).toEqual(new Set([LOCATION('10.78.1.1')]))
    expect(await search(lab.first, '10.78.1.2')).toEqual([LOCATION('10.78.1.1')])
    expect(await discover(lab.first)).toHaveLength(1)
  })

  it('a server that starts without any network begins when there is one', async () => {
    const lab = await Lab.open()
    for (const name of ['e1', 'e2']) await lab.server.run(['ip', 'link', 'set', name, 'down'])
    const traffic = await SsdpTraffic.listen(lab.first)
    const { program } = await Tributary.start(lab)
    await program.waitForOutput(/no network: TVs find the server once there is one/)
    await lab.server.run(['ip', 'link', 'set', 'e1', 'up'])
    await hasOpened(traffic)
    expect(traffic.notifications('ssdp:byebye')).toHaveLength(12)
    await lab.server.run(['ip', 'route', 'add', 'default', 'dev', 'e1'])
    expect(await discover(lab.first)).toHaveLength(1)
  })

  it('a machine that has slept says so anew, without a byebye', async () => {
    const lab = await Lab.open()
    const traffic = await SsdpTraffic.listen(lab.first)
    const { program } = await Tributary.start(lab)
    await hasOpened(traffic)
    const before = traffic.notifications('ssdp:alive').length
    const byebyes = traffic.notifications('ssdp:byebye').length
    program.signal('SIGSTOP')
    await delay(22_000)
    program.signal('SIGCONT')
    await waitFor('alive', () => traffic.notifications('ssdp:alive').length > before)
    expect(traffic.notifications('ssdp:byebye')).toHaveLength(byebyes)
  })
})
