import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** What replaces modules, or depends on their state, which all other files share. */
export const ANEW: string[] = [
  'test/index.test.ts',
  'test/torrents/store/disk-files.test.ts',
  'test/torrents/store/disk-files-close.test.ts',
  'test/torrents/store/rewritten-file.test.ts',
]

export default defineConfig({
  test: {
    // A busy machine is slower than the default of a second.
    expect: { poll: { timeout: 10_000 } },
    globalSetup: ['test/helpers/build.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...ANEW],
          // To load the modules for each file costs more than most tests.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'anew', include: ANEW } },
    ],
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // Turns of the event loop go on whatever the time is.
    fakeTimers: {
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    },
    // Many tests wait for sockets, clocks and disks: one more than there are cores.
    maxWorkers: availableParallelism() + 1,
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
