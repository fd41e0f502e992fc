import { join } from 'node:path'
import { z } from 'zod'
import { AtomicFile } from '../atomic-file.ts'

/** Tells other programs of this machine that a server runs in a data folder, and where. */
export interface RunningServer {
  readonly pid: number
  /** Where this machine finds it, without a slash at the end. */
  readonly url: string
}

const FILE_NAME = 'server.json'

const runningServer = z.object({ pid: z.number().int().positive(), url: z.url() })

/** Rejects with the system's error. */
export async function writeRunningServer(
  stateFolder: string,
  server: RunningServer,
): Promise<void> {
  await fileIn(stateFolder).write(`${JSON.stringify(server)}\n`)
}

/** Nobody is to look for the server any more. Rejects with the system's error. */
export async function removeRunningServer(stateFolder: string): Promise<void> {
  await fileIn(stateFolder).remove()
}

/** `null` where no server runs, as far as the folder tells: one that was killed is still named. */
export async function readRunningServer(stateFolder: string): Promise<RunningServer | null> {
  const bytes = await fileIn(stateFolder).read()
  if (bytes === null) return null
  try {
    return runningServer.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    // Damaged, so that it names nobody.
    return null
  }
}

function fileIn(stateFolder: string): AtomicFile {
  return new AtomicFile(join(stateFolder, FILE_NAME))
}
