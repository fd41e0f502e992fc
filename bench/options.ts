import { parseArgs } from 'node:util'
import type { Contender, DownloadMode } from './rivals/contender.ts'
import { contendersNamed } from './rivals/contenders.ts'
import type { SwarmPlan } from './swarm/peer-plan.ts'
import { SWARMS } from './swarm/swarms.ts'

const MIB = 1_048_576

/** What a benchmark was asked for on its command line. */
export interface BenchOptions {
  readonly swarms: readonly SwarmPlan[]
  /** In bytes. */
  readonly pieceLengths: readonly number[]
  readonly runs: number
  readonly contenders: readonly Contender[]
  readonly mode: DownloadMode
  /** Fewer cases, shorter plays: to see that all works, not for README. */
  readonly isQuick: boolean
  /** Peers behind a link of their own, delayed by the kernel. */
  readonly netns: boolean
  /** Where the raw values go. */
  readonly jsonPath: string | null
}

export interface BenchDefaults {
  readonly contenders: readonly string[]
  readonly swarms?: readonly string[]
}

const USAGE = `options: --quick  --runs N  --swarm NAME,...  --pieces MIB,...  --contenders NAME,...
  --mode on-demand|everything  --netns (root)  --json FILE`

/** Reads argv; prints a usage line and exits 2 on a bad one. */
export function benchOptions(defaults: BenchDefaults): BenchOptions {
  try {
    return parse(defaults)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`)
    process.exit(2)
  }
}

function parse(defaults: BenchDefaults): BenchOptions {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      swarm: { type: 'string' },
      pieces: { type: 'string' },
      contenders: { type: 'string' },
      mode: { type: 'string', default: 'on-demand' },
      netns: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  })
  const isQuick = values.quick
  const pieces = list(values.pieces) ?? (isQuick ? ['4'] : ['1', '4', '16'])
  const swarms = list(values.swarm) ?? (isQuick ? ['homogeneous'] : defaults.swarms)
  return {
    swarms: swarms ? swarms.map(swarmNamed) : SWARMS,
    pieceLengths: pieces.map((mib) => positive(mib, '--pieces') * MIB),
    runs: positive(values.runs ?? (isQuick ? '1' : '5'), '--runs'),
    contenders: contendersNamed(list(values.contenders) ?? defaults.contenders, (name, reason) =>
      process.stdout.write(`SKIPPED ${name}: ${reason}\n`),
    ),
    mode: modeNamed(values.mode),
    isQuick,
    netns: values.netns,
    jsonPath: values.json ?? null,
  }
}

function list(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').filter((word) => word !== '')
}

function positive(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option}: no positive number: ${text}`)
  return value
}

function swarmNamed(name: string): SwarmPlan {
  const plan = SWARMS.find((swarm) => swarm.name === name)
  if (!plan) throw new Error(`no swarm ${name}; there are ${SWARMS.map((swarm) => swarm.name)}`)
  return plan
}

function modeNamed(name: string): DownloadMode {
  if (name === 'on-demand' || name === 'everything') return name
  throw new Error(`no mode ${name}`)
}
