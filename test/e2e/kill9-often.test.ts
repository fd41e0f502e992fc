import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { parseMetainfo } from '../../src/torrents/metainfo/metainfo.ts'
import {
  type Fixture,
  makeTorrent,
  pseudoRandomBytes,
  singleFile,
} from '../helpers/make-torrent.ts'
import { openSeeder } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { seededRandom } from '../torrents/scheduler/simulation/random.ts'
import { BareServer } from './lab/bare-server.ts'
import { waitFor } from './lab/wait-for.ts'

/** KILL_ROUNDS=100 asks for more. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 15)
/** Of the server with so many that changes are logged. */
const LOGGED_ROUNDS = Number(process.env.KILL_ROUNDS ?? 6)
/** Paused ones that are there all the time: with more than 100 the list is not written at each change. */
const MANY = 120
const SEED = 20_261_127
/** After the server answers. */
const LONGEST_LIFE_MS = 1_000
/** So that the film takes all rounds to arrive. */
const UPLOAD_BYTES_PER_SECOND = 1_500_000

const filmBytes = pseudoRandomBytes(48 * 1024 * 1024, 1)
const film = singleFile('Film.mkv', filmBytes, 256 * 1024)
const small = Array.from({ length: 6 }, (_, index) =>
  makeTorrent(`Show ${index}`, [
    { path: ['a.mkv'], data: pseudoRandomBytes(200_000, 10 + index) },
    { path: ['sub', 'b.srt'], data: pseudoRandomBytes(2_000, 20 + index) },
    { path: ['empty.txt'], data: Buffer.alloc(0) },
  ]),
)
/** Files of the owner, in and beside the folders of torrents. */
const FOREIGN = ['mine.txt', 'Show 0/mine.txt', 'Show 1/sub/mine.txt']

interface Listed {
  readonly info_hash: string
}

it(
  `killed ${ROUNDS} times at random moments, it loses nothing and serves nothing wrong`,
  async () => {
    await killOften(ROUNDS, [])
  },
  120_000 + ROUNDS * 20_000,
)

it(
  `loses nothing where changes of ${MANY} torrents are logged, killed ${LOGGED_ROUNDS} times`,
  async () => {
    const resting = Array.from({ length: MANY }, (_, index) =>
      singleFile(`Resting ${index}.mkv`, pseudoRandomBytes(40_000, 100 + index)),
    )
    await killOften(LOGGED_ROUNDS, resting)
  },
  120_000 + LOGGED_ROUNDS * 20_000,
)

async function killOften(rounds: number, resting: readonly Fixture[]): Promise<void> {
  const random = seededRandom(SEED)
  const folder = await temporaryFolder()
  for (const name of FOREIGN) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), name)
  }
  const slow = await openSeeder(film, { uploadBytesPerSecond: UPLOAD_BYTES_PER_SECOND })
  const filmHash = hashOf(film)
  /** What the API has said is there; what it had not said yet when it was killed may be or not. */
  const acknowledged = new Set<string>()
  const unknown = new Set<string>()
  await addAll(folder, resting, acknowledged)
  let progress = 0
  let settledRounds = 0
  for (let round = 0; round < rounds; round++) {
    const life = Math.round(random() * LONGEST_LIFE_MS)
    const server = await BareServer.start(folder)
    const { torrents } = await server.call<{ torrents: Listed[] }>('/torrents')
    const listed = torrents.map(({ info_hash }) => info_hash)
    const where = `round ${round} of seed ${SEED}, killed after ${life} ms`
    for (const infoHash of listed) {
      if (unknown.has(infoHash)) acknowledged.add(infoHash)
      expect(acknowledged.has(infoHash), `${infoHash} is back in ${where}`).toBe(true)
    }
    for (const infoHash of unknown) if (!listed.includes(infoHash)) acknowledged.delete(infoHash)
    expect([...acknowledged].sort(), where).toEqual([...listed].sort())
    unknown.clear()

    let isDead = false
    const killed = delay(life).then(() => {
      isDead = true
      return server.end('SIGKILL')
    })
    const work = (async () => {
      const initial_peers = slow.address
      await add(server, film, { initial_peers }, acknowledged, unknown)
      for (;;) {
        const fixture = small[Math.floor(random() * small.length)] ?? film
        const infoHash = hashOf(fixture)
        if (acknowledged.has(infoHash)) {
          unknown.add(infoHash)
          await server.call(`/torrents/${infoHash}/delete`, { method: 'POST' })
          acknowledged.delete(infoHash)
          unknown.delete(infoHash)
        } else await add(server, fixture, {}, acknowledged, unknown)
        await expectRightBytes(server, filmHash, Math.floor(random() * filmBytes.length), where)
        const stats = await server.call<{ state: string; progress_bytes: number }>(
          `/torrents/${filmHash}/stats/v1`,
        )
        if (stats.state !== 'live') continue
        // Nothing that was there is lost, because a kill costs nothing that the system has.
        expect(stats.progress_bytes, where).toBeGreaterThanOrEqual(progress)
        progress = stats.progress_bytes
        settledRounds++
      }
    })()
    const end = work.catch((error: unknown) => {
      // What was under way when it was killed.
      if (!(isDead && isCutOff(error))) throw error
    })
    await Promise.all([end, killed])
    for (const name of FOREIGN) expect(await readFile(join(folder, name), 'utf8')).toBe(name)
  }
  process.stdout.write(`${settledRounds} looks, ${progress} bytes after ${rounds} kills\n`)
  expect(settledRounds).toBeGreaterThan(rounds / 4)

  const fast = await openSeeder(film)
  const server = await BareServer.start(folder)
  await add(server, film, { initial_peers: fast.address }, acknowledged, unknown)
  await waitFor(
    'the film to be there',
    async () => {
      return (await server.call<{ finished: boolean }>(`/torrents/${filmHash}/stats/v1`)).finished
    },
    { timeoutMs: 60_000 },
  )
  const body = await server.fetch(`/torrents/${filmHash}/stream/0`)
  expect(sha256(new Uint8Array(await body.arrayBuffer()))).toBe(sha256(filmBytes))
  for (const fixture of small) {
    const infoHash = hashOf(fixture)
    // The last kill may have come while one was being deleted.
    if (acknowledged.has(infoHash) && !unknown.has(infoHash)) {
      await server.call(`/torrents/${infoHash}/delete`, { method: 'POST' })
    }
  }
  for (const name of FOREIGN) expect(await readFile(join(folder, name), 'utf8')).toBe(name)
  await server.end('SIGTERM')
  const state = await readdir(join(folder, '.tributary'))
  expect(state.filter((name) => name.includes('.bad-'))).toEqual([])
}

/** In a run of its own, which ends in order. */
async function addAll(
  folder: string,
  fixtures: readonly Fixture[],
  acknowledged: Set<string>,
): Promise<void> {
  const server = await BareServer.start(folder)
  for (const fixture of fixtures) {
    await add(server, fixture, { paused: 'true' }, acknowledged, new Set())
  }
  await server.end('SIGTERM')
}

async function add(
  server: BareServer,
  fixture: Fixture,
  query: Readonly<Record<string, string>>,
  acknowledged: Set<string>,
  unknown: Set<string>,
): Promise<void> {
  const infoHash = hashOf(fixture)
  if (!acknowledged.has(infoHash)) unknown.add(infoHash)
  const parameters = new URLSearchParams({ overwrite: 'true', ...query })
  const body = new Uint8Array(fixture.torrentFile)
  await server.call(`/torrents?${parameters}`, { method: 'POST', body })
  acknowledged.add(infoHash)
  unknown.delete(infoHash)
}

/** Whatever comes of a range within a moment is what the film has there. */
async function expectRightBytes(
  server: BareServer,
  infoHash: string,
  start: number,
  where: string,
): Promise<void> {
  const response = await server
    .fetch(`/torrents/${infoHash}/stream/0`, {
      headers: { Range: `bytes=${start}-${start + 300_000}` },
      signal: AbortSignal.timeout(60),
    })
    .catch(nullIfTimedOut)
  if (response?.status !== 206 || response.body === null) return
  let at = start
  try {
    for await (const chunk of response.body) {
      const expected = filmBytes.subarray(at, at + chunk.length)
      expect(Buffer.compare(expected, chunk), `bytes from ${at} in ${where}`).toBe(0)
      at += chunk.length
    }
  } catch (error) {
    nullIfTimedOut(error)
  }
}

function nullIfTimedOut(error: unknown): null {
  if (error instanceof Error && error.name === 'TimeoutError') return null
  throw error
}

/** The errors of fetch where the other end is gone. */
function isCutOff(error: unknown): boolean {
  return error instanceof TypeError
}

function hashOf(fixture: Fixture): string {
  return parseMetainfo(fixture.torrentFile).infoHash
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
