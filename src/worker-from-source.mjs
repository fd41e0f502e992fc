// Runs the TypeScript source of a worker (tests, tsx). Node 20 does not hand a loader on to the first file of a
// worker thread, so that first file is JavaScript, and none of these files is part of the build.

/** @param {string} worker - Path below src/, without its ending. */
export async function runFromSource(worker) {
  // What `npm test` has built of the same source: a loader in each worker costs more than most tests.
  // biome-ignore lint/style/noProcessEnv: it is no option of the program
  const { TRIBUTARY_TEST_BUILD: built } = process.env
  if (built !== undefined) {
    await import(new URL(`${worker}.js`, built))
    return
  }
  const { register } = await import('tsx/esm/api')
  register()
  await import(`./${worker}.ts`)
}
