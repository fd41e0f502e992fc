import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A busy machine is slower than the default of a second.
    expect: { poll: { timeout: 10_000 } },
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    globalSetup: ['test/helpers/build.ts'],
    // Loading the modules anew for each file costs more than all tests; nothing of ours keeps state in one.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    // Vitest leaves one core free, which is half of a machine with two.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.d.ts', 'src/web/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { statements: 85, branches: 75, functions: 85, lines: 85 },
    },
  },
})
