import { renameSync, rmSync, writeFileSync } from 'node:fs'

const MAX_TRIES = 100

/**
 * Takes a folder away and puts a file in its place: nothing can be stored in it, whoever runs the test.
 * What it returns gives the folder back.
 */
export function blockFolder(path: string): () => void {
  const away = `${path}.away`
  renameSync(path, away)
  inPlace(path, () => writeFileSync(path, ''))
  return () => inPlace(path, () => renameSync(away, path))
}

/** Somebody who stores something may make the folder anew in between. */
function inPlace(path: string, put: () => void): void {
  for (let tries = 1; ; tries++) {
    rmSync(path, { recursive: true, force: true })
    try {
      put()
      return
    } catch (error) {
      if (tries === MAX_TRIES) throw error
    }
  }
}
