import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions } from './options.ts'
import { markdownTable } from './report/markdown.ts'
import type { Metric, Results, Sample } from './report/results.ts'
import type { Contender, DownloadMode, RunningContender } from './rivals/contender.ts'
import type { SyntheticTorrent } from './swarm/synthetic-torrent.ts'

/** One contender, started, in a folder of its own. */
export interface Stage {
  readonly running: RunningContender
  readonly folder: string
}

/** Starts a contender, lets `measure` have it, and leaves no process and no file behind. */
export async function onStage<T>(
  contender: Contender,
  torrent: SyntheticTorrent,
  mode: DownloadMode,
  measure: (stage: Stage) => Promise<T>,
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'trib-bench-'))
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', clear)
  try {
    await prepare(folder)
    const running = await contender.start({ torrent, mode, folder })
    try {
      return await measure({ running, folder })
    } finally {
      await running.stop()
    }
  } finally {
    process.off('exit', clear)
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * Runs each contender once, then all again, so that a slow minute of the machine meets all of them.
 * A run that throws becomes a remark and no value.
 */
export async function interleave(
  options: Pick<BenchOptions, 'runs' | 'contenders'>,
  row: string,
  results: Results,
  measure: (contender: Contender) => Promise<Sample>,
): Promise<void> {
  for (let run = 1; run <= options.runs; run++) {
    for (const contender of options.contenders) {
      process.stderr.write(`${row}, ${contender.name}, run ${run} of ${options.runs}\n`)
      try {
        results.add(row, contender.name, await measure(contender))
      } catch (error) {
        results.remark(
          `${row}, ${contender.name}: ${error instanceof Error ? error.message : error}`,
        )
      }
    }
  }
}

/** Prints the head of a benchmark's output: what, when and where. */
export function printHead(title: string, options: BenchOptions): void {
  const processor = cpus()[0]?.model ?? 'unknown processor'
  const machine = `${cpus().length} cores, ${processor}, Node ${process.versions.node}`
  const how = `medians of ${options.runs}, ${options.mode}${options.netns ? ', netns + netem' : ''}`
  process.stdout.write(
    `\n## ${title}\n\n${new Date().toISOString().slice(0, 10)}, ${machine}; ${how}.\n` +
      `Ratio to ${options.contenders[0]?.name} [median; smallest–largest].\n\n`,
  )
}

/** Prints the table; writes the raw values where --json says. */
export async function printResults(
  options: BenchOptions,
  results: Results,
  metrics: readonly Metric[],
): Promise<void> {
  process.stdout.write(`${markdownTable(results, metrics)}\n`)
  if (options.jsonPath) await writeFile(options.jsonPath, JSON.stringify(results, null, 1))
}
