import { rename, rm, writeFile } from 'node:fs/promises'

/**
 * Takes a folder away and puts a file in its place: nothing can be stored in it, whoever runs the test.
 * What it resolves to gives the folder back.
 */
export async function blockFolder(path: string): Promise<() => Promise<void>> {
  const away = `${path}.away`
  await rename(path, away)
  await writeFile(path, '')
  return async () => {
    await rm(path)
    await rename(away, path)
  }
}
