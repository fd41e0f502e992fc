import { defineConfig } from 'vitest/config'

/** Every fuzz target with many cases, and every simulated swarm; FUZZ_SEED=2 tries other cases. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.fuzz.test.ts', 'test/torrents/scheduler/simulation/**/*.test.ts'],
    globalSetup: ['test/helpers/build.ts'],
    env: { FUZZ_CASES: process.env.FUZZ_CASES ?? '100000', SIMULATE: 'all' },
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
