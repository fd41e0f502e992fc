/** bench:download: a whole torrent from one seeder without a limit. */
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults, type Stage } from './bench-run.ts'
import { benchOptions } from './options.ts'
import { cpuSeconds, peakMemoryMb } from './process-usage.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender } from './rivals/contender.ts'
import type { Swarm } from './swarm/swarm-process.ts'
import { FAST_SEEDER } from './swarm/swarms.ts'
import { syntheticTorrent } from './swarm/synthetic-torrent.ts'
import { withSwarm } from './swarm-run.ts'
import { warmMemory } from './warm-memory.ts'

const GIB = 1_073_741_824
const POLL_MS = 50
const LIMIT_MS = 180_000

const METRICS: readonly Metric[] = [
  { name: 'time', unit: 's', digits: 2 },
  { name: 'rate', unit: 'MB/s', digits: 0 },
  { name: 'CPU per GiB', unit: 's', digits: 2 },
  { name: 'peak memory', unit: 'MB', digits: 0 },
]

const options = benchOptions({
  contenders: ['tributary', 'webtorrent', 'libtorrent', 'rqbit', 'aria2'],
})
const length = (options.isQuick ? 0.5 : 2) * GIB
const results = new Results()

async function downloadOnce(contender: Contender, swarm: Swarm): Promise<Sample> {
  await swarm.reset()
  const warm = (): Promise<void> => warmMemory(length + GIB / 2)
  return await onStage(contender, swarm.torrent, 'everything', measure, warm)

  async function measure({ running }: Stage): Promise<Sample> {
    const startedAt = performance.now()
    await running.add(swarm.addresses)
    while (!(await running.isComplete())) {
      if (performance.now() - startedAt > LIMIT_MS) return { time: null }
      await sleep(POLL_MS)
    }
    const seconds = (performance.now() - startedAt) / 1_000
    return {
      time: seconds,
      rate: length / seconds / 1_000_000,
      'CPU per GiB': cpuSeconds(running.pid) / (length / GIB),
      'peak memory': peakMemoryMb(running.pid),
    }
  }
}

printHead('bench:download', { ...options, mode: 'everything' })
for (const pieceLength of options.pieceLengths) {
  const row = `${length / GIB} GiB, ${pieceLength / 1_048_576} MiB pieces`
  await withSwarm(FAST_SEEDER, syntheticTorrent(length, pieceLength), false, async (swarm) => {
    await interleave(options, row, results, (contender) => downloadOnce(contender, swarm))
  })
}
await printResults(options, results, METRICS)
