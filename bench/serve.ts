/** bench:serve: a complete file to 1 and to 50 clients, beside what plain Node can do. */
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, onStage, printHead, printResults } from './bench-run.ts'
import { benchOptions } from './options.ts'
import { cpuSeconds, peakMemoryMb } from './process-usage.ts'
import { type Metric, Results, type Sample } from './report/results.ts'
import type { Contender } from './rivals/contender.ts'
import { bareRead, bareStream } from './serve/bare.ts'
import { drain } from './serve/drain.ts'
import { syntheticTorrent, writeFilm } from './swarm/synthetic-torrent.ts'

const GIB = 1_073_741_824
const CLIENTS = [1, 50] as const

const METRICS: readonly Metric[] = [
  ...CLIENTS.flatMap((clients) => [
    { name: `${clients} clients: rate`, unit: 'MB/s', digits: 0 },
    { name: `${clients} clients: CPU per GiB`, unit: 's', digits: 2 },
  ]),
  { name: 'peak memory', unit: 'MB', digits: 0 },
]

const asked = benchOptions({ contenders: ['tributary', 'rqbit', 'webtorrent'] })
const options = { ...asked, contenders: [bareRead, bareStream, ...asked.contenders] }
const results = new Results()
const film = syntheticTorrent(GIB, 4 * 1_048_576)
const filmPath = join(tmpdir(), 'trib-bench-cache', film.name)
/** How often the film is read for one figure. */
const rounds = options.isQuick ? 1 : 4

async function measure(url: string, pid: number, clients: number): Promise<readonly number[]> {
  const share = Math.floor(film.length / clients)
  const cpuBefore = cpuSeconds(pid)
  const startedAt = performance.now()
  let bytes = 0
  for (let round = 0; round < rounds; round++) {
    const drained = await Promise.all(
      Array.from({ length: clients }, (_, i) => drain(url, i * share, (i + 1) * share - 1)),
    )
    bytes += drained.reduce((sum, length) => sum + length, 0)
  }
  const seconds = (performance.now() - startedAt) / 1_000
  return [bytes / seconds / 1_000_000, (cpuSeconds(pid) - cpuBefore) / (bytes / GIB)]
}

async function serveOnce(contender: Contender): Promise<Sample> {
  return await onStage(
    contender,
    film,
    'everything',
    async ({ running }) => {
      const url = await running.add([])
      while (!(await running.isComplete())) await sleep(50)
      await drain(url, 0, film.length - 1)
      const sample: Record<string, number | null> = {}
      for (const clients of CLIENTS) {
        const [rate = null, cpu = null] = await measure(url, running.pid, clients)
        sample[`${clients} clients: rate`] = rate
        sample[`${clients} clients: CPU per GiB`] = cpu
      }
      return { ...sample, 'peak memory': peakMemoryMb(running.pid) }
    },
    (folder) => copyFile(filmPath, join(folder, film.name)),
  )
}

await writeFilm(filmPath, film.length)
printHead('bench:serve', { ...options, mode: 'everything' })
await interleave(options, '1 GiB', results, serveOnce)
await printResults(options, results, METRICS)
