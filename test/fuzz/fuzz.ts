import fc from 'fast-check'
import { expect, test } from 'vitest'

/** Cases per target: a few in `npm test`, many in `npm run fuzz`. */
export const CASES = Number(process.env.FUZZ_CASES ?? 2_000)
/** Where a case is an exchange over HTTP, one in so many is tried. */
export const IN_EXCHANGES_ONE_IN = 5
/** The same cases each time, unless another seed is asked for. */
export const SEED = Number(process.env.FUZZ_SEED ?? 1)
/** A case that takes longer holds up whoever watches a film. */
export const SLOWEST_MS = 1_000
const TIMEOUT_MS = 60_000 + CASES * 20

/**
 * A fuzz target: `check` must neither throw nor take longer than a second for any input. It throws where an
 * answer is wrong, too. A failure is printed with the smallest input that shows it.
 *
 * @param oneIn - Of so many cases one is tried: for what takes tens of milliseconds each.
 */
export function fuzz<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => void | Promise<void>,
  oneIn = 1,
): void {
  test(
    name,
    async () => {
      const property = fc.asyncProperty(inputs, async (input) => {
        await inTime(() => check(input))
      })
      await fc.assert(property, { numRuns: Math.ceil(CASES / oneIn), seed: SEED })
    },
    TIMEOUT_MS,
  )
}

/** In time of the processor, as the machine may be busy with something else; one that is slow is tried again. */
export async function inTime(check: () => void | Promise<void>): Promise<void> {
  let took = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && took >= SLOWEST_MS; attempt++) {
    const startedAt = performance.now()
    const before = process.cpuUsage()
    await check()
    const { user, system } = process.cpuUsage(before)
    took = Math.min(performance.now() - startedAt, (user + system) / 1_000)
  }
  expect(took).toBeLessThan(SLOWEST_MS)
}

/** One change that a careless or hostile sender makes. */
const mutations = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.nat(64) }),
  fc.record({ kind: fc.constant('truncate' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ maxLength: 16 }),
  }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: fc.nat(),
    length: fc.nat(64),
    times: fc.nat(40),
  }),
)
type Mutation = typeof mutations extends fc.Arbitrary<infer M> ? M : never

/** Valid messages with a few bytes changed, cut out, put in or repeated, and now and then pure noise. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(fc.constantFrom(...seeds), fc.array(mutations, { maxLength: 8 }))
    .map(([seed, changes]) => changes.reduce(mutate, seed))
  return fc.oneof(
    { weight: 9, arbitrary: changed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  )
}

/** The same for text. */
export function mutatedText(seeds: readonly string[]): fc.Arbitrary<string> {
  return mutated(seeds.map((seed) => Buffer.from(seed))).map((bytes) =>
    Buffer.from(bytes).toString('latin1'),
  )
}

function mutate(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = bytes.length === 0 ? 0 : change.at % bytes.length
  const head = bytes.subarray(0, at)
  switch (change.kind) {
    case 'set': {
      const changed = new Uint8Array(bytes)
      changed.fill(change.byte, at, at + 1)
      return changed
    }
    case 'truncate':
      return head
    case 'cut':
      return Buffer.concat([head, bytes.subarray(at + change.length)])
    case 'insert':
      return Buffer.concat([head, change.bytes, bytes.subarray(at)])
    case 'repeat': {
      const part = bytes.subarray(at, at + change.length)
      return Buffer.concat([head, ...Array(change.times).fill(part), bytes.subarray(at)])
    }
  }
}
