/** bench:start: from the request to the first byte and to 2 MiB, cold and warm, at three places. */
import { interleave, onStage, printHead, printResults } from './bench-run.ts'
import { benchOptions } from './options.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender } from './rivals/contender.ts'
import type { Swarm } from './swarm/swarm-process.ts'
import { FILM_LENGTH, forEachSwarm, requireNamespaces, whenWarm } from './swarm-run.ts'
import { Player } from './viewer/player.ts'

/** Where a viewer begins, in bytes. The tail: where players look for an index. */
const PLACES = [
  { name: 'at 0', start: 0 },
  { name: 'at 50 %', start: FILM_LENGTH / 2 },
  { name: 'at the tail', start: FILM_LENGTH - 4 * 1_048_576 },
] as const
const TEMPERATURES = ['warm', 'cold'] as const
const BYTES_PER_SECOND = 25_000_000 / 8

const METRICS: readonly Metric[] = TEMPERATURES.flatMap((temperature) =>
  PLACES.flatMap(({ name }) => [
    { name: `${temperature} ${name}: first byte`, unit: 'ms', digits: 0 },
    { name: `${temperature} ${name}: 2 MiB`, unit: 'ms', digits: 0 },
  ]),
)

const options = benchOptions({
  contenders: ['tributary', 'tributary-always', 'webtorrent', 'libtorrent', 'rqbit'],
  swarms: ['homogeneous', 'mixed', 'tarpit', 'crawl', 'thin', 'choking'],
})
const results = new Results()

async function startOnce(
  contender: Contender,
  swarm: Swarm,
  temperature: (typeof TEMPERATURES)[number],
  place: (typeof PLACES)[number],
): Promise<Sample> {
  await swarm.reset()
  return await onStage(contender, swarm.torrent, options.mode, async ({ running }) => {
    const addedAt = performance.now()
    const url = await running.add(swarm.addresses)
    if (temperature === 'warm') {
      const early = await whenWarm(swarm)
      if (early > 0)
        results.remark(`${contender.name}: ${early} bytes had come before a warm start`)
    }
    const startedAt = temperature === 'cold' ? addedAt : performance.now()
    const player = new Player(url, {
      start: place.start,
      bytesPerSecond: BYTES_PER_SECOND,
      startedAt,
    })
    const { firstByteMs, readyMs } = await player.opening
    player.close()
    for (const fault of player.faults) results.remark(`${contender.name}, start: ${fault}`)
    return {
      [`${temperature} ${place.name}: first byte`]: firstByteMs,
      [`${temperature} ${place.name}: 2 MiB`]: readyMs,
    }
  })
}

requireNamespaces(options)
printHead('bench:start', options)
await forEachSwarm(options, async (swarm, row) => {
  await interleave(options, row, results, async (contender) => {
    let sample: Sample = {}
    for (const temperature of TEMPERATURES) {
      for (const place of options.isQuick ? PLACES.slice(0, 1) : PLACES) {
        sample = { ...sample, ...(await startOnce(contender, swarm, temperature, place)) }
      }
    }
    return sample
  })
})
await printResults(options, results, METRICS)
