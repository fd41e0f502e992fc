import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../../torrents/scheduler/simulation/random.ts'
import { BareServer } from '../lab/bare-server.ts'
import type { Caller } from './calls.ts'
import type { Listed, Subject } from './subjects.ts'

/** After the first request. */
const LONGEST_LIFE_MS = 1_200
/** After an answer. */
const SOON_MS = 100
/** Of a start that is killed. */
const LONGEST_START_MS = 2_000
/** Requests at once. */
const WORKERS = 10
/** Until something fails where nothing can be written. */
const LONGEST_UNTIL_FAILURE_MS = 60_000

/** When it is killed: at some moment, or not before it has told of an error of its own. */
export type Death = 'at some moment' | 'after a failure'

export interface KillRounds {
  readonly rounds: number
  readonly seed: number
  readonly folder: string
  /** Options of the server. */
  readonly options?: readonly string[]
  readonly subjects: readonly Subject[]
  /** An error of the server itself is no fault: its disk is full. */
  readonly mayFail?: boolean
  /** Before each start. */
  readonly beforeStart?: () => Promise<void>
  /** Before the requests of a round. @returns how the round ends */
  readonly beforeRequests?: (round: number) => Promise<Death>
}

export interface Answers {
  readonly answers: number
  /** Those that told of an error of the server. */
  readonly failures: number
}

/**
 * Kills a server again and again: at any moment of many requests at once, within the moment after an
 * answer, and while it starts. After each start all has to be as it may be.
 */
export async function killAgainAndAgain(run: KillRounds): Promise<Answers> {
  const { rounds, seed, folder, subjects, mayFail = false } = run
  const random = seededRandom(seed)
  const ids = new Map<number, string>()
  await prepare(run)
  const all = { answers: 0, failures: 0 }
  for (let round = 0; round <= rounds; round++) {
    const where = `round ${round} of seed ${seed}`
    await run.beforeStart?.()
    while (random() < 0.3) await killAtStart(run, random() * LONGEST_START_MS)
    const server = await BareServer.start(folder, run.options)
    try {
      await lookAtAll(server, subjects, ids, where)
      if (round === rounds) continue
      const death = (await run.beforeRequests?.(round)) ?? 'at some moment'
      const { answers, failures } = await live(server, { subjects, mayFail, random, death })
      all.answers += answers
      all.failures += failures
    } catch (error) {
      throw new Error(`${where}: ${error}\n${server.output.slice(-4_000)}`, { cause: error })
    } finally {
      await server.end('SIGKILL')
    }
  }
  const state = await readdir(join(folder, '.tributary'))
  const damaged = state.filter((name) => name.includes('.bad-'))
  if (damaged.length > 0) throw new Error(`damaged: ${damaged.join(', ')}`)
  return all
}

async function prepare({ folder, options, subjects }: KillRounds): Promise<void> {
  const server = await BareServer.start(folder, options)
  for (const subject of subjects) await subject.prepare?.(server)
  await server.end('SIGTERM')
}

async function killAtStart({ folder, options }: KillRounds, afterMs: number): Promise<void> {
  const server = await BareServer.launch(folder, options)
  await Promise.race([delay(afterMs), server.exited])
  if (server.hasEnded) throw new Error(`it does not start:\n${server.output}`)
  await server.end('SIGKILL')
}

async function lookAtAll(
  server: BareServer,
  subjects: readonly Subject[],
  ids: Map<number, string>,
  where: string,
): Promise<void> {
  const { torrents } = await server.call<{ torrents: Listed[] }>('/torrents')
  const listed = new Map(torrents.map((torrent) => [torrent.info_hash, torrent]))
  if (listed.size !== torrents.length) throw new Error(`a torrent is there twice, ${where}`)
  for (const { id, info_hash: infoHash } of torrents) {
    const before = ids.get(id) ?? infoHash
    if (before !== infoHash) throw new Error(`${id} was ${before} and is ${infoHash}, ${where}`)
    ids.set(id, infoHash)
  }
  for (const subject of subjects) await subject.look(server, listed, where)
}

interface Life {
  readonly subjects: readonly Subject[]
  readonly mayFail: boolean
  readonly random: () => number
  readonly death: Death
}

/** Resolves once it is killed. */
async function live(server: BareServer, life: Life): Promise<Answers> {
  const { subjects, mayFail, random, death } = life
  let answers = 0
  let failures = 0
  const isSoonAfterAnswer = random() < 0.5
  const lastAnswer = Math.floor(random() * 60)
  const moment = random()
  let kill = (): void => {}
  const dies = new Promise<void>((resolve) => {
    kill = resolve
  })
  const timers: NodeJS.Timeout[] = []
  const killAfter = (ms: number): void => {
    timers.push(setTimeout(kill, ms))
  }
  const caller: Caller = {
    server,
    mayFail,
    answered: (status) => {
      answers++
      if (status >= 500) failures++
      const isLast =
        death === 'after a failure' ? status >= 500 : isSoonAfterAnswer && answers === lastAnswer
      if (isLast) killAfter(moment * SOON_MS)
    },
  }
  if (death === 'after a failure') killAfter(LONGEST_UNTIL_FAILURE_MS)
  else killAfter(isSoonAfterAnswer ? LONGEST_LIFE_MS : moment * LONGEST_LIFE_MS)
  let isDead = false
  const work = async (): Promise<void> => {
    while (!isDead) {
      const subject = subjects[Math.floor(random() * subjects.length)]
      await subject?.act(caller, random)
    }
  }
  const workers = Array.from({ length: WORKERS }, () =>
    work().catch((error: unknown) => {
      // What was under way when it was killed.
      if (!(isDead && error instanceof TypeError)) throw error
    }),
  )
  try {
    // A fault ends it at once.
    await Promise.race([dies, Promise.all(workers)])
  } finally {
    isDead = true
    for (const timer of timers) clearTimeout(timer)
  }
  await server.end('SIGKILL')
  await Promise.all(workers)
  return { answers, failures }
}
