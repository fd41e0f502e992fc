import { defineConfig } from 'vitest/config'

/** Every fuzz target with many cases; FUZZ_SEED=2 tries others. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.fuzz.test.ts'],
    globalSetup: ['test/helpers/build.ts'],
    env: { FUZZ_CASES: process.env.FUZZ_CASES ?? '100000' },
    hookTimeout: 60_000,
  },
})
