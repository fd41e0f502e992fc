/**
 * bench:crowd: a newcomer among libtorrent leechers that trade: one seed of 2 MB/s, seven leechers with
 * 600 KB/s of upload each. How far it is when they have traded for 90 s, against the mean of the crowd,
 * and whether a viewer stalls meanwhile.
 */
import { appendFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults } from './bench-run.ts'
import { LibtorrentCrowd, type Member } from './crowd/libtorrent-crowd.ts'
import { benchOptions } from './options.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender, RunningContender } from './rivals/contender.ts'
import { syntheticTorrent, writeFilm } from './swarm/synthetic-torrent.ts'
import { Player } from './viewer/player.ts'

const FILM_LENGTH = 256 * 1_048_576
const CROWD = { leechers: 7, seedBytesPerSecond: 2_000_000, leecherBytesPerSecond: 600_000 }
const LATE_MS = 3_000
const LOOK_MS = 3_000
/** A viewer who begins when libtorrent's usually can, so that stalls are compared over the same time. */
const LATER_MS = 50_000

const METRICS: readonly Metric[] = [
  { name: 'share of the film', unit: '%', digits: 1 },
  { name: 'share of the crowd', unit: '%', digits: 1 },
  { name: 'to the mean of the crowd', unit: '', digits: 2 },
  { name: 'received', unit: 'MB', digits: 1 },
  { name: 'given', unit: 'MB', digits: 1 },
  { name: 'start: 2 MiB', unit: 'ms', digits: 0 },
  { name: 'stalls', unit: '', digits: 0 },
  { name: 'stalled', unit: 'ms', digits: 0 },
  { name: 'waited: start and stalls', unit: 'ms', digits: 0 },
  { name: 'stalls of who begins after 50 s', unit: '', digits: 0 },
  { name: 'stalled, begun after 50 s', unit: 'ms', digits: 0 },
  { name: 'of the film at the viewer', unit: 'MB', digits: 1 },
]

/** What the newcomer does. */
interface Case {
  readonly name: string
  /** Of its upload; `null` for no limit. */
  readonly uploadBytesPerSecond: number | null
  /** In bytes per second of the film; `null` for no viewer. */
  readonly viewer: number | null
}

const CASES: readonly Case[] = [
  { name: 'nobody watches', uploadBytesPerSecond: null, viewer: null },
  { name: 'nobody watches, upload as the others', uploadBytesPerSecond: 600_000, viewer: null },
  { name: 'a viewer of 250 KB/s', uploadBytesPerSecond: 600_000, viewer: 250_000 },
  { name: 'a viewer of 500 KB/s', uploadBytesPerSecond: 600_000, viewer: 500_000 },
]

const options = benchOptions({
  contenders: ['tributary', 'libtorrent', 'libtorrent-sequential', 'rqbit'],
  swarms: [],
})
const results = new Results()
const torrent = syntheticTorrent(FILM_LENGTH, options.pieceLengths[0] ?? 1_048_576)
const tradingMs = options.isQuick ? 30_000 : 90_000
const tracePath = process.env.BENCH_TRACE

interface Look {
  readonly who: string
  readonly seconds: number
  /** Of the film that is verified, 0 to 1. */
  readonly share: number
  /** In bytes that the viewer has. */
  readonly viewed: number
  readonly members: readonly Member[]
}

function trace(look: Look): void {
  if (tracePath !== undefined) appendFileSync(tracePath, `${JSON.stringify(look)}\n`)
}

function meanShare([, ...leechers]: readonly Member[]): number {
  return leechers.reduce((sum, { share }) => sum + share, 0) / leechers.length
}

function total(members: readonly Member[], field: 'sentToGuest' | 'receivedFromGuest'): number {
  return members.reduce((sum, { guest }) => sum + (guest?.[field] ?? 0), 0) / 1_000_000
}

async function joinOnce(
  contender: Contender,
  { viewer, uploadBytesPerSecond }: Case,
  folder: string,
): Promise<Sample> {
  const joining: Contender = {
    ...contender,
    start: (job) => contender.start({ ...job, uploadBytesPerSecond }),
  }
  return await onStage(joining, torrent, 'everything', async ({ running }) => {
    const crowd = await LibtorrentCrowd.open({ path: torrent.path, folder, ...CROWD })
    try {
      return await trade(crowd, running, contender.name, viewer)
    } finally {
      await crowd.close()
    }
  })
}

async function trade(
  crowd: LibtorrentCrowd,
  running: RunningContender,
  name: string,
  viewer: number | null,
): Promise<Sample> {
  const startedAt = performance.now()
  await sleep(LATE_MS)
  const url = await running.add(crowd.addresses)
  const player =
    viewer === null
      ? null
      : new Player(url, {
          ...{ start: 0, bytesPerSecond: viewer, limitMs: tradingMs, laterMs: LATER_MS },
        })
  try {
    for (;;) {
      const elapsed = performance.now() - startedAt
      const members = await crowd.look()
      const share = (await running.share?.()) ?? Number.NaN
      const viewed = player?.receivedBytes ?? 0
      trace({ who: name, seconds: elapsed / 1_000, share, viewed, members })
      if (elapsed >= tradingMs) {
        return {
          'share of the film': 100 * share,
          'share of the crowd': 100 * meanShare(members),
          'to the mean of the crowd': share / meanShare(members),
          received: total(members, 'sentToGuest'),
          given: total(members, 'receivedFromGuest'),
          ...(player !== null && (await watched(player, name))),
        }
      }
      await sleep(Math.min(LOOK_MS, tradingMs - elapsed))
    }
  } finally {
    player?.close()
  }
}

async function watched(player: Player, name: string): Promise<Sample> {
  const { stalls, stalledMs: stalled, receivedBytes, later } = player
  player.close()
  const { readyMs } = await player.opening
  for (const fault of player.faults) results.remark(`${name}: ${fault}`)
  return {
    ...{ 'start: 2 MiB': readyMs, stalls, stalled },
    'waited: start and stalls': (readyMs ?? tradingMs - LATE_MS) + stalled,
    'stalls of who begins after 50 s': later.stalls,
    'stalled, begun after 50 s': later.stalledMs,
    'of the film at the viewer': receivedBytes / 1_000_000,
  }
}

printHead('bench:crowd', { ...options, mode: 'everything' })
const folder = await mkdtemp(join(tmpdir(), 'trib-bench-crowd-'))
try {
  await mkdir(join(folder, 'seed'))
  await writeFilm(join(folder, 'seed', torrent.name), torrent.length)
  const named = process.env.BENCH_CASE
  const chosen = CASES.filter(({ name }) => named === undefined || name === named)
  for (const one of options.isQuick ? chosen.slice(0, 1) : chosen) {
    await interleave(options, one.name, results, async (contender) => {
      try {
        return await joinOnce(contender, one, folder)
      } finally {
        for (let i = 1; i <= CROWD.leechers; i++) {
          await rm(join(folder, `leecher-${i}`), { recursive: true, force: true })
        }
      }
    })
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
await printResults(options, results, METRICS)
