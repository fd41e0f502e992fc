import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Fixture, makeTorrent, pseudoRandomBytes } from '../helpers/make-torrent.ts'
import { openSeeder } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { killAgainAndAgain } from './kills/kill-rounds.ts'
import { ComingAndGoing, ComingMagnet, Settled, type Subject } from './kills/subjects.ts'
import { Watched } from './kills/watched.ts'
import { Whole } from './kills/whole.ts'

/** KILL_ROUNDS=100 asks for more. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6)
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
      subjects: await allSubjects(watch),
    })
    process.stdout.write(`${answers} answers\n`)
    expect(answers).toBeGreaterThan(ROUNDS)
  },
  120_000 + ROUNDS * 20_000,
)

async function allSubjects(watch: string): Promise<readonly Subject[]> {
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
    ...Array.from({ length: 3 }, (_, index) => new Watched(watch, fixture('Watched', 200 + index))),
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
