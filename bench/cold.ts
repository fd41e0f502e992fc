/**
 * bench:cold: from the POST of a magnet to its metadata and to 2 MiB of film, in a swarm where most
 * addresses are dead and most trackers silent.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults } from './bench-run.ts'
import { DeadAddresses } from './cold/dead-addresses.ts'
import { DhtNodes } from './cold/dht-nodes.ts'
import { LibtorrentSeeds } from './cold/libtorrent-seeds.ts'
import { Trackers } from './cold/trackers.ts'
import { benchOptions } from './options.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender, Discovery } from './rivals/contender.ts'
import type { PeerPlan, SwarmPlan } from './swarm/peer-plan.ts'
import { LOOPBACK, Swarm } from './swarm/swarm-process.ts'
import { infoOf, syntheticTorrent, writeFilm } from './swarm/synthetic-torrent.ts'
import { Player } from './viewer/player.ts'

const BYTES_PER_SECOND = 25_000_000 / 8
const FILM_LENGTH = 128 * 1_048_576
const LIVE: PeerPlan = { bytesPerSecond: 1_250_000, rttMs: 60 }
/** Prime to the number of addresses. */
const STEP = 37
const TRACKERS = { count: 7, answering: 3, afterMs: 150 }
const DHT = { answering: 40, gone: 20, afterMs: 60 }

/** Of the metadata, and of the start. */
const LIMIT_MS = 15_000
/** A program that has just begun knows no nodes yet; one that runs does. */
const DHT_WARM_UP_MS = 3_000

const METRICS: readonly Metric[] = [
  { name: 'metadata', unit: 'ms', digits: 0 },
  { name: 'first byte', unit: 'ms', digits: 0 },
  { name: '2 MiB', unit: 'ms', digits: 0 },
]

/** A swarm by how many addresses of each kind it has. */
interface Case {
  readonly name: string
  readonly plain: number
  readonly encrypted: number
  readonly dropping: number
  readonly silent: number
  readonly refusing: number
  /** The live ones are libtorrent, not simulated; by uTP alone, if at all. */
  readonly libtorrent?: 'tcp' | 'utp'
  /** Nodes of the DHT name the addresses, not trackers. */
  readonly isDhtOnly?: boolean
}

const CASES: readonly Case[] = [
  {
    ...{ name: '60 addresses, 8 live', plain: 6, encrypted: 2 },
    ...{ dropping: 40, silent: 0, refusing: 12 },
  },
  {
    ...{ name: '60 addresses, 20 of the dead ones take calls', plain: 6, encrypted: 2 },
    ...{ dropping: 20, silent: 20, refusing: 12 },
  },
  {
    ...{ name: '60 addresses, 8 libtorrent seeds live', plain: 6, encrypted: 2 },
    ...{ dropping: 40, silent: 0, refusing: 12, libtorrent: 'tcp' },
  },
  {
    ...{ name: '300 addresses, 20 live', plain: 16, encrypted: 4 },
    ...{ dropping: 190, silent: 30, refusing: 60 },
  },
  {
    ...{ name: 'DHT only, 8 live of 60', plain: 6, encrypted: 2 },
    ...{ dropping: 40, silent: 0, refusing: 12, isDhtOnly: true },
  },
  {
    ...{ name: 'uTP only, 8 live of 60', plain: 8, encrypted: 0 },
    ...{ dropping: 40, silent: 0, refusing: 12, libtorrent: 'utp' },
  },
]

const options = benchOptions({ contenders: ['tributary', 'libtorrent', 'rqbit'], swarms: [] })
const results = new Results()
const pieceLength = options.pieceLengths[0] ?? 1_048_576
const torrent = syntheticTorrent(FILM_LENGTH, pieceLength)

interface Start {
  readonly magnet: string
  readonly discovery: Discovery
  readonly utp: boolean
}

async function startOnce(contender: Contender, { magnet, discovery, utp }: Start): Promise<Sample> {
  const asking: Contender = {
    ...contender,
    start: (job) => contender.start({ ...job, discovery, utp }),
  }
  return await onStage(asking, torrent, options.mode, async ({ running }) => {
    if (running.addMagnet === undefined) throw new Error('it takes no magnet here')
    if (discovery.kind === 'dht') await sleep(DHT_WARM_UP_MS)
    const startedAt = performance.now()
    const url = await within(running.addMagnet(magnet))
    const metadata = performance.now() - startedAt
    const player = new Player(url, {
      ...{ start: 0, bytesPerSecond: BYTES_PER_SECOND, startedAt, limitMs: LIMIT_MS },
    })
    const { firstByteMs, readyMs } = await player.opening
    player.close()
    for (const fault of player.faults) results.remark(`${contender.name}: ${fault}`)
    return { metadata, 'first byte': firstByteMs, '2 MiB': readyMs }
  })
}

/** Rejects where it takes too long: some programs wait for a magnet for ever. */
async function within<T>(work: Promise<T>): Promise<T> {
  const late = new AbortController()
  const timeout = sleep(LIMIT_MS, null, { signal: late.signal }).then(() => {
    throw new Error(`nothing within ${LIMIT_MS / 1_000} s`)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    late.abort()
    timeout.catch(() => {})
  }
}

/** The same order each time, in which no kind comes first. */
function mixed(addresses: readonly string[]): string[] {
  return addresses.map((_, i) => addresses[(i * STEP) % addresses.length] ?? '')
}

interface LivePeers {
  readonly addresses: readonly string[]
  reset(): Promise<void>
  stop(): Promise<void>
}

async function simulatedPeers(one: Case): Promise<LivePeers> {
  const peers = [
    ...Array.from({ length: one.plain }, () => LIVE),
    ...Array.from({ length: one.encrypted }, () => ({ ...LIVE, encryptedOnly: true })),
  ]
  const usefulBytesPerSecond = peers.length * LIVE.bytesPerSecond
  const plan: SwarmPlan = { name: one.name, peers, usefulBytesPerSecond, freezing: 0 }
  return await Swarm.start(plan, torrent, LOOPBACK, infoOf(await readFile(torrent.path)))
}

async function libtorrentPeers({ plain, encrypted, libtorrent }: Case): Promise<LivePeers> {
  const folder = await mkdtemp(join(tmpdir(), 'trib-bench-seeds-'))
  await writeFilm(join(folder, torrent.name), torrent.length)
  const { bytesPerSecond } = LIVE
  const { path } = torrent
  const utpOnly = libtorrent === 'utp'
  const seeds = await LibtorrentSeeds.open({
    ...{ path, folder, plain, encrypted, bytesPerSecond, utpOnly },
  })
  return {
    addresses: seeds.addresses,
    // Those of the run before may count its program among their peers, and owe it what they have put off.
    reset: () => seeds.reset(),
    stop: async () => {
      seeds.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function measure(one: Case): Promise<void> {
  const dead = await DeadAddresses.open(one)
  const live = one.libtorrent === undefined ? await simulatedPeers(one) : await libtorrentPeers(one)
  const { dropping, silent, refusing } = dead
  const addresses = mixed([...dropping, ...live.addresses, ...silent, ...refusing])
  const trackers = await Trackers.open(addresses, TRACKERS)
  const dht = await DhtNodes.open(torrent.infoHash, addresses, DHT)
  const announces = trackers.urls.map((url) => `&tr=${encodeURIComponent(url)}`)
  const named = one.isDhtOnly === true ? [] : announces
  const start: Start = {
    magnet: `magnet:?xt=urn:btih:${torrent.infoHash}&dn=${torrent.name}${named.join('')}`,
    discovery:
      one.isDhtOnly === true ? { kind: 'dht', nodes: dht.entrances } : { kind: 'trackers' },
    utp: one.libtorrent === 'utp',
  }
  try {
    await interleave(options, one.name, results, async (contender) => {
      await live.reset()
      return await startOnce(contender, start)
    })
  } finally {
    dht.close()
    trackers.close()
    dead.close()
    await live.stop()
  }
}

printHead('bench:cold', options)
const named = process.env.BENCH_CASE
const chosen = CASES.filter(({ name }) => named === undefined || name.includes(named))
for (const one of options.isQuick ? chosen.slice(0, 1) : chosen) await measure(one)
await printResults(options, results, METRICS)
