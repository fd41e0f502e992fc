import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import type { Contender, Job, RunningContender } from '../rivals/contender.ts'
import { Program } from '../rivals/program.ts'

const SCRIPT = fileURLToPath(new URL('./bare-server.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

function bare(name: string, how: 'stream' | 'read'): Contender {
  return {
    name,

    missing: () => null,

    async start(job: Job): Promise<RunningContender> {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}/`
      const film = join(job.folder, job.torrent.name)
      const program = new Program(
        [process.execPath, '--import', TSX, SCRIPT, how, film, `${port}`],
        join(job.folder, 'bare.log'),
      )
      await program.isAnswering(url)
      return {
        pid: program.pid,
        add: async () => url,
        isComplete: async () => true,
        stop: () => program.stop(),
      }
    },
  }
}

/** node:http with fs.createReadStream as it comes. */
export const bareStream: Contender = bare('bare stream', 'stream')

/** node:http with fs.read into reused buffers of 1 MiB. */
export const bareRead: Contender = bare('bare read', 'read')
