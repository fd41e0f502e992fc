/** bench:liars: a whole torrent from honest peers and such that send wrong bytes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults, type Stage } from './bench-run.ts'
import { benchOptions } from './options.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender } from './rivals/contender.ts'
import { LIAR_MIXES } from './swarm/liar-mixes.ts'
import { LOOPBACK, ONE_ADDRESS, Swarm } from './swarm/swarm-process.ts'
import { syntheticTorrent } from './swarm/synthetic-torrent.ts'

const MIB = 1_048_576
const POLL_MS = 50

const METRICS: readonly Metric[] = [
  { name: 'time', unit: 's', digits: 1 },
  { name: 'arrived', unit: '%', digits: 0 },
  { name: 'fetched for each byte kept', unit: '', digits: 2 },
]
const NETWORKS = [
  { name: 'addresses of their own', network: LOOPBACK },
  { name: 'one address', network: ONE_ADDRESS },
]

const options = benchOptions({ contenders: ['tributary', 'libtorrent'] })
/** ms */
const limit = options.isQuick ? 30_000 : 90_000
const length = (options.isQuick ? 32 : 64) * MIB
const pieceLengths = options.pieceLengths.filter((bytes) => bytes <= 4 * MIB)
const results = new Results()

async function downloadOnce(contender: Contender, swarm: Swarm): Promise<Sample> {
  await swarm.reset()
  const sample = await onStage(contender, swarm.torrent, 'everything', measure)
  process.stderr.write(`${JSON.stringify(sample)}\n`)
  return sample

  async function measure({ running }: Stage): Promise<Sample> {
    const startedAt = performance.now()
    await running.add(swarm.addresses)
    while (!(await running.isComplete())) {
      if (performance.now() - startedAt > limit) {
        return { time: null, arrived: 100 * ((await running.share?.()) ?? 0) }
      }
      await sleep(POLL_MS)
    }
    const time = (performance.now() - startedAt) / 1_000
    const { sentBytes } = await swarm.traffic()
    return { time, arrived: 100, 'fetched for each byte kept': sentBytes / length }
  }
}

printHead('bench:liars', { ...options, mode: 'everything' })
for (const { name, network } of NETWORKS) {
  for (const plan of LIAR_MIXES) {
    for (const pieceLength of pieceLengths) {
      const row = `${plan.name}, ${pieceLength / MIB} MiB, ${name}`
      const swarm = await Swarm.start(plan, syntheticTorrent(length, pieceLength), network)
      try {
        await interleave(options, row, results, (contender) => downloadOnce(contender, swarm))
      } finally {
        await swarm.stop()
      }
    }
  }
}
await printResults(options, results, METRICS)
