import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type Host, Lab } from './lab/lab.ts'
import { makeSingleFileTorrent, type Torrent } from './lab/media.ts'
import { ipBatch } from './lab/namespaces.ts'
import { type Program, run } from './lab/program.ts'
import { sumsOfFiles } from './lab/sums.ts'
import { DEBIAN_PYTHON, describeWithTools } from './lab/tools.ts'
import { CLI_PATH, Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const SERVICES = fileURLToPath(new URL('peers/swarm_services.py', import.meta.url))

/** Longer than the first tries of everything: dials, trackers, DHT, LSD, web seeds, port mapping. */
const EVERYTHING_TRIED_MS = 4_000
const VPN = '10.78.2.1'
/** What the documentation has people do: the address that is bound to goes by its own interface, or nowhere. */
const ROUTING = [
  `rule add from ${VPN} lookup 100`,
  'route add default via 10.78.2.2 dev e2 table 100',
  'route add unreachable default metric 1000 table 100',
]

interface Side {
  readonly services: Program
  /** ip:port of a peer that has the film. */
  readonly peer: string
}

interface Swarm {
  readonly lab: Lab
  readonly torrent: Torrent
  readonly magnet: string
  /** On the network that must hear nothing, and on the one that is bound to. */
  readonly first: Side
  readonly second: Side
}

/** Peers, trackers, web seeds, a name server and a DHT node on both networks. */
async function openSwarm(): Promise<Swarm> {
  const lab = await Lab.open()
  for (const { namespace } of [lab.server, lab.first, lab.second]) await withoutIpv6(namespace)
  const torrent = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
  const [first, second] = [
    await startSide(lab.first, torrent),
    await startSide(lab.second, torrent),
  ]
  const places = [lab.first, lab.second].flatMap(({ address }) => [
    `tr=udp://${address}:6969/announce`,
    `tr=http://${address}:6969/announce`,
    `ws=http://${address}:8080/${basename(torrent.files[0] ?? '')}`,
    `xs=http://${address}:8080/${basename(torrent.path)}`,
  ])
  const magnet = [
    `magnet:?xt=urn:btih:${torrent.infoHash}`,
    ...places,
    'tr=http://tracker.example.org:6969/announce',
    ...[first, second].map(({ peer }) => `x.pe=${peer}`),
  ].join('&')
  return { lab, torrent, magnet, first, second }
}

/** Neighbours and routers of IPv6 are looked for by nobody's leave, which would be counted. */
async function withoutIpv6(namespace: string): Promise<void> {
  await run(['tee', '/proc/sys/net/ipv6/conf/all/disable_ipv6'], { namespace, input: '1' })
}

async function startSide(host: Host, torrent: Torrent): Promise<Side> {
  const { address } = await startLibtorrent(host, torrent, { listen: host.address })
  const services = host.start([DEBIAN_PYTHON, SERVICES, host.address, torrent.parent, address])
  await services.waitForOutput(/^ready$/m)
  return { services, peer: address }
}

/** Packets that the server has sent by an interface, of whatever protocol. */
async function sentBy(lab: Lab, interfaceName: string): Promise<number> {
  const path = `/sys/class/net/${interfaceName}/statistics/tx_packets`
  const { stdout } = await lab.server.run(['cat', path])
  return Number(stdout)
}

const EVERYTHING = ['--dht', '--lsd', '--trackers', '--port-forward', '--web-seeds', 'any']

function startServer(
  { lab, magnet }: Swarm,
  args: readonly string[],
  command?: readonly string[],
): Promise<Tributary> {
  const alone = ['--no-dlna', '--host', '127.0.0.1', '--log-level', 'debug']
  return Tributary.start(lab, {
    ...{ args: [...alone, ...EVERYTHING, ...args], torrents: [magnet] },
    ...(command && { command }),
  })
}

describeWithTools([], 'BitTorrent that is bound to one of two networks (--bind)', () => {
  it('reaches both where it is not bound, which shows what would leak', async () => {
    const swarm = await openSwarm()
    const before = await sentBy(swarm.lab, 'e1')
    const server = await startServer(swarm, [])
    await server.finished(swarm.torrent.infoHash)
    const heard = (): string => swarm.first.services.output
    for (const what of [/^http \/announce$/m, /^udp-tracker$/m]) {
      await waitFor(`${what}`, () => what.test(heard()))
    }
    await delay(EVERYTHING_TRIED_MS)
    expect(await sentBy(swarm.lab, 'e1')).toBeGreaterThan(before + 10)
  })

  it.each([
    ['an interface', 'e2'],
    ['an address', VPN],
  ])('sends nothing by the other, not even a question for a name: %s', async (_, bind) => {
    const swarm = await openSwarm()
    await ipBatch(ROUTING, swarm.lab.server.namespace)
    const before = await sentBy(swarm.lab, 'e1')
    const server = await startServer(swarm, ['--bind', bind, '--bind-dns', '10.78.2.2'])
    await server.finished(swarm.torrent.infoHash)
    const heard = (): string => swarm.second.services.output
    for (const what of [/^udp-tracker$/m, /^http \/announce$/m, /^dht$/m]) {
      await waitFor(`${what}`, () => what.test(heard()))
    }
    await waitFor('the names', () => /^dns tracker\.example\.org$/m.test(heard()))
    await delay(EVERYTHING_TRIED_MS)
    expect(await sentBy(swarm.lab, 'e1')).toBe(before)
    await server.program.terminate()
    expect(await sentBy(swarm.lab, 'e1')).toBe(before)
  })

  it('does so without `ip` as well, where the system itself would send by the bound one', async () => {
    const swarm = await openSwarm()
    const { lab } = swarm
    const routes = ['route replace default via 10.78.2.2 dev e2']
    await ipBatch(routes, lab.server.namespace)
    const before = await sentBy(lab, 'e1')
    const command = ['env', 'PATH=/nowhere', process.execPath, CLI_PATH]
    const server = await startServer(swarm, ['--bind', 'e2', '--bind-dns', '10.78.2.2'], command)
    await server.finished(swarm.torrent.infoHash)
    await waitFor('a tracker', () => /^udp-tracker$/m.test(swarm.second.services.output))
    await delay(EVERYTHING_TRIED_MS)
    expect(await sentBy(lab, 'e1')).toBe(before)
    // Its routes are changed while it runs.
    await ipBatch(['route replace default via 10.78.1.2 dev e1'], lab.server.namespace)
    await delay(EVERYTHING_TRIED_MS)
    expect(await sentBy(lab, 'e1')).toBe(before)
    await server.program.terminate()
    expect(await sentBy(lab, 'e1')).toBe(before)
    // What rules alone send there is not seen, and not believed.
    await ipBatch(ROUTING, lab.server.namespace)
    await expect(startServer(swarm, ['--bind', 'e2'], command)).rejects.toThrow(
      /by e1; .* without `ip`/,
    )
  })

  it('does not start where the system sends by the other, or where there is no such interface', async () => {
    const swarm = await openSwarm()
    const { lab } = swarm
    const tries = [
      [['--bind', 'e2'], /by e1; it needs a route/],
      [['--bind', 'wg7'], /wg7 is not there/],
      [['--bind', '10.9.9.9'], /10\.9\.9\.9 is not there/],
    ] as const
    for (const [args, complaint] of tries) {
      const before = await sentBy(lab, 'e1')
      await expect(startServer(swarm, args)).rejects.toThrow(complaint)
      expect(await sentBy(lab, 'e1')).toBe(before)
    }
  })

  it.each([
    ['is deleted', ['link delete e2']],
    ['is taken down', ['link set e2 down']],
  ])('stops when the interface %s, and goes on when it is back', async (_, commands) => {
    const swarm = await openSwarm()
    const { lab, torrent } = swarm
    await ipBatch(ROUTING, lab.server.namespace)
    const server = await startServer(swarm, [
      ...['--bind', 'e2', '--bind-dns', '10.78.2.2', '--download-limit', '2M'],
    ])
    await waitFor('some of the film', async () => {
      return (await server.stats(torrent.infoHash)).progress_bytes > 1_000_000
    })
    const before = await sentBy(lab, 'e1')
    await ipBatch(commands, lab.server.namespace)
    await server.program.waitForOutput(/bound to is gone/)
    await delay(EVERYTHING_TRIED_MS)
    expect(await sentBy(lab, 'e1')).toBe(before)
    await comeBack(lab)
    await server.program.waitForOutput(/traffic is bound[\s\S]*traffic is bound/)
    await server.call('/torrents/limits', {
      ...{ method: 'POST', contentType: 'application/json' },
      body: JSON.stringify({ download_bps: null, upload_bps: null }),
    })
    await server.finished(torrent.infoHash)
    expect(await sentBy(lab, 'e1')).toBe(before)
    const film = join(lab.folder, 'data', 'Film.mkv')
    expect(await sumsOfFiles([film])).toEqual(await sumsOfFiles(torrent.files))
  })
})

/** e2 as it was at first, with its routes, whether it is down or gone. */
async function comeBack({ server, second }: Lab): Promise<void> {
  const { stdout } = await server.run(['ip', '-br', 'link'])
  if (!/^e2/m.test(stdout)) {
    const pair = `link add e2 netns ${server.namespace} type veth peer name e0 netns ${second.namespace}`
    await ipBatch([pair])
    const theirs = [`address add ${second.address}/24 dev e0`, 'link set e0 up']
    await ipBatch([...theirs, 'route add default dev e0'], second.namespace)
    await ipBatch([`address add ${VPN}/24 dev e2`], server.namespace)
  }
  const route = 'route add default via 10.78.2.2 dev e2 table 100'
  await ipBatch(['link set e2 up', route], server.namespace)
}
