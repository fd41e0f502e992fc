import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Beside dist/: the program finds its other files from there as well. */
const FOLDER = 'dist-test'

/** What tests run as programs of their own, built from source as it is: a folder, as a URL. */
export const BUILD = new URL(`../../${FOLDER}/`, import.meta.url)

/**
 * Builds it before the first test. A program or a worker that is run from TypeScript would be translated once
 * more by each test. Types are not looked at here: `npm run typecheck` does.
 */
export function setup(): void {
  const args = [
    ...['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', FOLDER],
    ...['--declaration', 'false', '--incremental', '--tsBuildInfoFile', `${FOLDER}/.tsbuildinfo`],
  ]
  const { status, stdout, error } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  if (status !== 0) process.stderr.write(stdout)
  process.env.TRIBUTARY_TEST_BUILD = BUILD.href
}
