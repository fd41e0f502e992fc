/** bench:seek: a play of 8 s from the start, then a seek to 50 %, then the viewer leaves. */
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults } from './bench-run.ts'
import { benchOptions } from './options.ts'
import { peakMemoryMb } from './process-usage.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender } from './rivals/contender.ts'
import type { Swarm } from './swarm/swarm-process.ts'
import { FILM_LENGTH, forEachSwarm, requireNamespaces, whenWarm } from './swarm-run.ts'
import { Player } from './viewer/player.ts'

const BYTES_PER_SECOND = 25_000_000 / 8
const FREEZE_AFTER_MS = 150
const AFTER_SEEK_MS = 4_000
const AFTER_LEAVING_MS = 3_000

const METRICS: readonly Metric[] = [
  { name: 'start: 2 MiB', unit: 'ms', digits: 0 },
  { name: 'seek: first byte', unit: 'ms', digits: 0 },
  { name: 'seek: 2 MiB', unit: 'ms', digits: 0 },
  { name: 'sent twice', unit: '%', digits: 1 },
  { name: 'after leaving', unit: 'MB', digits: 2 },
  { name: 'peak memory', unit: 'MB', digits: 0 },
]

const options = benchOptions({
  contenders: ['tributary', 'webtorrent', 'libtorrent', 'rqbit'],
})
const results = new Results()

async function seekOnce(contender: Contender, swarm: Swarm): Promise<Sample> {
  await swarm.reset()
  return await onStage(contender, swarm.torrent, options.mode, async ({ running }) => {
    const url = await running.add(swarm.addresses)
    await whenWarm(swarm)
    const first = new Player(url, { start: 0, bytesPerSecond: BYTES_PER_SECOND })
    const [opening] = await Promise.all([first.opening, sleep(options.isQuick ? 4_000 : 8_000)])
    first.close()
    const second = new Player(url, { start: FILM_LENGTH / 2, bytesPerSecond: BYTES_PER_SECOND })
    await sleep(FREEZE_AFTER_MS)
    await swarm.freeze()
    const [seek] = await Promise.all([second.opening, sleep(AFTER_SEEK_MS)])
    second.close()
    const atLeaving = await swarm.traffic()
    await sleep(AFTER_LEAVING_MS)
    const atEnd = await swarm.traffic()
    for (const fault of [...first.faults, ...second.faults]) {
      results.remark(`${contender.name}, seek: ${fault}`)
    }
    const wasted = atEnd.duplicateBytes - atEnd.headDuplicateBytes
    return {
      'start: 2 MiB': opening.readyMs,
      'seek: first byte': seek.firstByteMs,
      'seek: 2 MiB': seek.readyMs,
      'sent twice': (100 * wasted) / Math.max(1, atEnd.sentBytes),
      ...(options.mode === 'on-demand' && {
        'after leaving': (atEnd.sentBytes - atLeaving.sentBytes) / 1_000_000,
      }),
      'peak memory': peakMemoryMb(running.pid),
    }
  })
}

requireNamespaces(options)
printHead('bench:seek', options)
await forEachSwarm(options, async (swarm, row) => {
  await interleave(options, row, results, (contender) => seekOnce(contender, swarm))
})
await printResults(options, results, METRICS)
