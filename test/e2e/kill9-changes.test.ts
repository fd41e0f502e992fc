import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Fixture, makeTorrent, pseudoRandomBytes } from '../helpers/make-torrent.ts'
import { openSeeder } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { seededRandom } from '../torrents/scheduler/simulation/random.ts'
import { killAgainAndAgain } from './kills/kill-rounds.ts'
import { ComingAndGoing, ComingMagnet, Settled, type Subject } from './kills/subjects.ts'
import { Watched } from './kills/watched.ts'
import { Whole } from './kills/whole.ts'
import { Lab } from './lab/lab.ts'
import { describeWithTools } from './lab/tools.ts'

/** KILL_ROUNDS=100 asks for more. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6)
const DISK_MIB = 4
/** Bytes that are left of a full disk. */
const MOST_LEFT = 48 * 1024
const SEED = Number(process.env.KILL_SEED ?? 20_261_129)

it(
  `keeps all that it has confirmed, killed ${ROUNDS} times`,
  async () => {
    const folder = await temporaryFolder()
    const watch = join(folder, 'watch')
    await mkdir(watch)
    const { answers } = await killAgainAndAgain({
      ...{ rounds: ROUNDS, seed: SEED, folder },
      options: ['--watch', watch],
      subjects: [...(await allSubjects()), ...watchedIn(watch)],
    })
    process.stdout.write(`${answers} answers\n`)
    expect(answers).toBeGreaterThan(ROUNDS)
  },
  120_000 + ROUNDS * 20_000,
)

describeWithTools([], 'on a disk that is full at times', () => {
  it(
    `keeps all that it has confirmed and starts, killed ${ROUNDS} times`,
    async () => {
      const lab = await Lab.open()
      const folder = await lab.mountSmallDisk('data', DISK_MIB)
      const ballast = join(folder, 'ballast')
      const random = seededRandom(SEED)
      const fillAtTimes = async (share: number): Promise<void> => {
        const isFull = random() < share
        await rm(ballast, { force: true })
        if (isFull) await fill(ballast, Math.floor(random() * MOST_LEFT))
      }
      const { answers, failures } = await killAgainAndAgain({
        ...{ rounds: ROUNDS, seed: SEED, folder, mayFail: true },
        subjects: await allSubjects(),
        beforeStart: () => fillAtTimes(0.4),
        beforeRequests: async (round) => {
          if (round > 0) {
            await fillAtTimes(0.7)
            return 'at some moment'
          }
          // Not a byte is left: no machine is so slow that nothing fails.
          await rm(ballast, { force: true })
          await fill(ballast, 0)
          return 'after a failure'
        },
      })
      process.stdout.write(`${answers} answers, ${failures} of them failures\n`)
      expect(answers).toBeGreaterThan(ROUNDS)
      expect(failures).toBeGreaterThan(0)
    },
    120_000 + ROUNDS * 20_000,
  )
})

/** Leaves so many bytes of the disk. */
async function fill(path: string, left: number): Promise<void> {
  const file = await open(path, 'w')
  const chunk = Buffer.alloc(64 * 1024, 1)
  let written = 0
  try {
    for (;;) written += (await file.write(chunk)).bytesWritten
  } catch {
    await file.truncate(Math.max(0, written - left))
  } finally {
    await file.close()
  }
}

function watchedIn(watch: string): readonly Subject[] {
  return Array.from(
    { length: 3 },
    (_, index) => new Watched(watch, fixture('Watched', 200 + index)),
  )
}

async function allSubjects(): Promise<readonly Subject[]> {
  const seen = await openSeeder(fixture('Seen', 900))
  const hash = (index: number): string => `${index}`.padStart(40, 'd')
  return [
    ...Array.from({ length: 5 }, (_, index) => new ComingAndGoing(fixture('Show', index), '')),
    ...Array.from(
      { length: 3 },
      (_, index) => new ComingMagnet(hash(index), { waits: false, peer: null }),
    ),
    ...Array.from(
      { length: 2 },
      (_, index) => new ComingMagnet(hash(10 + index), { waits: true, peer: null }),
    ),
    new ComingMagnet(seen.torrent.infoHash, { waits: true, peer: seen.address }),
    ...Array.from({ length: 3 }, (_, index) => new Settled(fixture('Settled', 100 + index))),
    new Whole(),
  ]
}

function fixture(name: string, seed: number): Fixture {
  return makeTorrent(`${name} ${seed}`, [
    { path: ['a.mkv'], data: pseudoRandomBytes(100_000, seed) },
    { path: ['sub', 'b.srt'], data: pseudoRandomBytes(2_000, seed + 1) },
    { path: ['c.mkv'], data: pseudoRandomBytes(2_000, seed + 2) },
  ])
}
