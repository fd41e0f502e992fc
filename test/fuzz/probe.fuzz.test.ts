import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mediaFactsSchema } from '../../src/media/probe/media-facts.ts'
import { MediaProbe, ProbeError } from '../../src/media/probe/media-probe.ts'
import { CountedSource, fixture } from '../media/probe/fixture-source.ts'
import { CASES, inTime, mutated, SEED, SLOWEST_MS } from './fuzz.ts'

const SEEDS = [
  ...[
    'tracks.mkv',
    'vp9.webm',
    'index-last.mp4',
    'index-first.mp4',
    'fragments.mp4',
    'cover.m4a',
    'cover.mkv',
  ],
  ...['packets-188.m2t', 'packets-192.m2ts', 'program.mpg', 'xvid.avi', 'windows.wmv', 'flash.flv'],
  ...['cover.mp3', 'cover.flac', 'vorbis.ogg', 'opus.opus', 'sine.wav', 'frames.aac', 'sound.wma'],
  ...['tagged.mp3', 'tagged.flac', 'tagged.m4a', 'tagged.ogg', 'tagged.wma', 'tagged.wav'],
  ...['picture.jpg', 'picture.png', 'picture.gif', 'picture.webp'],
].map((name) => fixture(name).subarray(0, 24_000))

/** As it is, or the beginning of a file that says it is longer, and holds zeros. */
const files = fc.tuple(mutated(SEEDS), fc.constantFrom(1, 1, 7, 100))

/** What a film may be at most: whatever a file says, nobody is told more. */
const LONGEST_MS = 1_000 * 3_600_000

/** Each takes milliseconds, some a second. */
const RUNS = Math.ceil(CASES / 10)

// Some files keep MediaInfo busy for seconds; what counts is that this ends soon.
const probe = new MediaProbe({ hangMs: SLOWEST_MS * 0.8 })
/** The start of the thread, which takes long on a busy machine, is no part of a case. */
async function warmUp(): Promise<void> {
  const start = () => probe.probe(new CountedSource(fixture('sine.wav'))).catch(hung)
  for (let attempt = 0; attempt < 10 && (await start()) === 'hung'; attempt++);
}
beforeAll(warmUp)
afterAll(() => probe.close())

test(
  'a file that is cut, changed or lies about its length is probed or refused',
  async () => {
    const property = fc.asyncProperty(files, async ([bytes, times]) => {
      let isHung = false
      await inTime(async () => {
        const source = new CountedSource(bytes, bytes.length * times)
        const facts = await probe.probe(source).catch(hung)
        expect(source.readBytes).toBeLessThanOrEqual(16 * 1024 * 1024)
        isHung = facts === 'hung'
        if (facts === 'hung') return
        if (facts !== null && facts.kind !== 'image') {
          expect(facts.durationMs ?? 1).toBeGreaterThan(0)
          expect(facts.durationMs ?? 1).toBeLessThanOrEqual(LONGEST_MS)
          expect(mediaFactsSchema.safeParse(facts).success).toBe(true)
        }
      })
      // A thread that hung was ended: to start the next is no part of a case.
      if (isHung) await warmUp()
    })
    await fc.assert(property, { numRuns: RUNS, seed: SEED })
  },
  60_000 + RUNS * 200,
)

function hung(error: unknown): 'hung' {
  // Or it broke down, in its own thread.
  if (error instanceof ProbeError && error.kind !== 'closed') return 'hung'
  throw error
}
