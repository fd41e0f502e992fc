/** bench:play: stalls in a play of 60 s at 80 % of what the swarm can give, then the viewer leaves. */
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults } from './bench-run.ts'
import { benchOptions } from './options.ts'
import { cpuSeconds, peakMemoryMb } from './process-usage.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender } from './rivals/contender.ts'
import type { Swarm } from './swarm/swarm-process.ts'
import { forEachSwarm, requireNamespaces, whenWarm } from './swarm-run.ts'
import { Player } from './viewer/player.ts'

const SHARE_OF_SWARM = 0.8
const AFTER_LEAVING_MS = 3_000

const METRICS: readonly Metric[] = [
  { name: 'start: 2 MiB', unit: 'ms', digits: 0 },
  { name: 'stalls', unit: '', digits: 0 },
  { name: 'stalled', unit: 'ms', digits: 0 },
  { name: 'received', unit: 'MB', digits: 0 },
  { name: 'sent twice (head aside)', unit: '%', digits: 1 },
  { name: 'after leaving', unit: 'MB', digits: 2 },
  { name: 'peak memory', unit: 'MB', digits: 0 },
  { name: 'CPU', unit: 's', digits: 1 },
]

const options = benchOptions({ contenders: ['tributary', 'webtorrent', 'libtorrent', 'rqbit'] })
const playMs = options.isQuick ? 20_000 : 60_000
const results = new Results()

async function playOnce(contender: Contender, swarm: Swarm): Promise<Sample> {
  await swarm.reset()
  return await onStage(contender, swarm.torrent, options.mode, async ({ running }) => {
    const url = await running.add(swarm.addresses)
    await whenWarm(swarm)
    const cpuBefore = cpuSeconds(running.pid)
    const bytesPerSecond = SHARE_OF_SWARM * swarm.plan.usefulBytesPerSecond
    const player = new Player(url, { start: 0, bytesPerSecond, limitMs: playMs })
    await sleep(playMs / 3)
    await swarm.freeze()
    await sleep((2 * playMs) / 3)
    const cpu = cpuSeconds(running.pid) - cpuBefore
    player.close()
    const { readyMs } = await player.opening
    const atLeaving = await swarm.traffic()
    await sleep(AFTER_LEAVING_MS)
    const atEnd = await swarm.traffic()
    for (const fault of player.faults) results.remark(`${contender.name}, play: ${fault}`)
    const wasted = atEnd.duplicateBytes - atEnd.headDuplicateBytes
    return {
      'start: 2 MiB': readyMs,
      stalls: player.stalls,
      stalled: player.stalledMs,
      received: player.receivedBytes / 1_000_000,
      'sent twice (head aside)': (100 * wasted) / Math.max(1, atEnd.sentBytes),
      ...(options.mode === 'on-demand' && {
        'after leaving': (atEnd.sentBytes - atLeaving.sentBytes) / 1_000_000,
      }),
      'peak memory': peakMemoryMb(running.pid),
      CPU: cpu,
    }
  })
}

requireNamespaces(options)
printHead('bench:play', options)
await forEachSwarm(options, async (swarm, row) => {
  await interleave(options, row, results, (contender) => playOnce(contender, swarm))
})
await printResults(options, results, METRICS)
