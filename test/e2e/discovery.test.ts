import { expect, it } from 'vitest'
import { discover, discoverFirst } from './clients/gssdp-discover.ts'
import { Lab } from './lab/lab.ts'
import { SsdpTraffic } from './lab/ssdp-traffic.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

describeWithTools(['gssdp-discover'], 'discovery', () => {
  it('gssdp-discover sees the server once on each network, with its address there', async () => {
    const lab = await Lab.open()
    await Tributary.start(lab, { args: ['--name', 'The Müllers & Co.'] })
    await Promise.all([discoverFirst(lab.first), discoverFirst(lab.second)])
    const [first, second] = await Promise.all([discover(lab.first), discover(lab.second)])
    expect(first).toHaveLength(1)
    expect(second).toEqual([{ usn: first[0]?.usn, location: expect.any(String) }])
    const locations = [...first, ...second].map(({ location }) => new URL(location).hostname)
    expect(locations).toEqual(lab.serverAddresses)
    for (const [host, { location = '' } = {}] of [
      [lab.first, first[0]] as const,
      [lab.second, second[0]] as const,
    ]) {
      const { stdout } = await host.run(['curl', '-s', '--fail', location])
      expect(stdout).toContain('<friendlyName>The Müllers &amp; Co.</friendlyName>')
    }
  })

  it('a search of everything is answered by one address only', async () => {
    const lab = await Lab.open()
    await Tributary.start(lab)
    await discoverFirst(lab.second)
    const answers = await discover(lab.second, 'ssdp:all')
    const usns = answers.map(({ usn }) => usn)
    expect(new Set(usns).size).toBe(usns.length)
    expect(usns).toContainEqual(expect.stringMatching(/::upnp:rootdevice$/))
    expect(new Set(answers.map(({ location }) => new URL(location).hostname))).toEqual(
      new Set([lab.serverAddresses[1]]),
    )
  })

  it('--interface keeps the other network silent', async () => {
    const lab = await Lab.open()
    const [first, second] = await Promise.all([
      SsdpTraffic.listen(lab.first),
      SsdpTraffic.listen(lab.second),
    ])
    await Tributary.start(lab, { args: ['--interface', 'e2'] })
    await waitFor('the announcement', () => second.notifications('ssdp:alive').length > 0)
    expect(await discover(lab.first)).toEqual([])
    expect(first.notifications('ssdp:alive')).toEqual([])
    expect(await discover(lab.second)).toHaveLength(1)
  })

  it('a network that appears later is announced on, too', async () => {
    const lab = await Lab.open()
    await lab.server.run(['ip', 'link', 'set', 'e2', 'down'])
    await lab.server.run(['ip', 'address', 'flush', 'dev', 'e2'])
    const traffic = await SsdpTraffic.listen(lab.second)
    await Tributary.start(lab)
    await lab.server.run(['ip', 'address', 'add', '10.78.2.1/24', 'dev', 'e2'])
    await lab.server.run(['ip', 'link', 'set', 'e2', 'up'])
    const alive = await waitFor('the announcement', () => traffic.notifications('ssdp:alive')[0], {
      timeoutMs: 60_000,
    })
    expect(new URL(alive.headers.location ?? '').hostname).toBe(lab.serverAddresses[1])
  })
})
