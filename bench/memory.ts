/** bench:memory: the most that a server holds while one and ten viewers play for 20 s. */
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults } from './bench-run.ts'
import { benchOptions } from './options.ts'
import { memoryMb, peakMemoryMb } from './process-usage.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender } from './rivals/contender.ts'
import type { Swarm } from './swarm/swarm-process.ts'
import { FILM_LENGTH, forEachSwarm, whenWarm } from './swarm-run.ts'
import { Player } from './viewer/player.ts'

const VIEWERS = [1, 10] as const
/** Ten of them are 80 % of what the swarm gives. */
const BYTES_PER_SECOND = 6_400_000 / 8

const METRICS: readonly Metric[] = [
  { name: 'idle', unit: 'MB', digits: 0 },
  ...VIEWERS.map((viewers) => ({ name: `${viewers} viewers: peak`, unit: 'MB', digits: 0 })),
]

const options = benchOptions({
  contenders: ['tributary', 'webtorrent', 'libtorrent', 'rqbit'],
  swarms: ['homogeneous'],
})
const playMs = options.isQuick ? 8_000 : 20_000
const results = new Results()

async function playWith(contender: Contender, swarm: Swarm, viewers: number): Promise<Sample> {
  await swarm.reset()
  return await onStage(contender, swarm.torrent, options.mode, async ({ running }) => {
    const idle = memoryMb(running.pid)
    const url = await running.add(swarm.addresses)
    await whenWarm(swarm)
    const players = Array.from({ length: viewers }, (_, i) => {
      const start = Math.floor((i * FILM_LENGTH) / VIEWERS[1])
      return new Player(url, { start, bytesPerSecond: BYTES_PER_SECOND })
    })
    await sleep(playMs)
    for (const player of players) player.close()
    return { idle, [`${viewers} viewers: peak`]: peakMemoryMb(running.pid) }
  })
}

printHead('bench:memory', options)
await forEachSwarm(options, async (swarm, row) => {
  await interleave(options, row, results, async (contender) => {
    let sample: Sample = {}
    for (const viewers of VIEWERS) {
      sample = { ...sample, ...(await playWith(contender, swarm, viewers)) }
    }
    return sample
  })
})
await printResults(options, results, METRICS)
