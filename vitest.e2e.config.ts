import { defineConfig } from 'vitest/config'

/** Each of these has machines and networks of its own, and waits more than it works. */
const BESIDE_OTHERS = [
  'async-upnp-client',
  'binding',
  'clients',
  'completions',
  'discovery*',
  'download-sha256',
  'exfat',
  'limits',
  'minidlna-oracle',
  'page-announcement',
  'port-forwarding',
  'probing',
  'signals',
].map((name) => `test/e2e/${name}.test.ts`)

/** Real programs. What needs the processors, a screen or the sound for itself runs one file after another. */
export default defineConfig({
  test: {
    // A busy machine is slower than the default of a second.
    expect: { poll: { timeout: 10_000 } },
    globalSetup: ['test/e2e/lab/global-setup.ts'],
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'beside others',
          include: BESIDE_OTHERS,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/e2e/**/*.test.ts'],
          exclude: BESIDE_OTHERS,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
