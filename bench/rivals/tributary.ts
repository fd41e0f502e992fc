import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { CLI, NODE_FLAGS } from '../start-command.ts'
import type { Contender, Job, RunningContender } from './contender.ts'
import { JsonApiServer } from './json-api.ts'
import { Program } from './program.ts'

const ALONE = ['--no-dlna', '--no-lsd', '--no-port-forward']

/** Tributary as built in dist/, with one of its verification modes. */
function tributaryWith(name: string, options: readonly string[]): Contender {
  return {
    name,

    missing: () => (existsSync(CLI) ? null : 'dist/cli.js is not built (npm run build)'),

    async start(job: Job): Promise<RunningContender> {
      const port = await freePort()
      const program = new Program(
        [
          process.execPath,
          ...NODE_FLAGS,
          CLI,
          ...['--dir', job.folder, '--host', '127.0.0.1', '--port', `${port}`],
          ...['--peer-port', `${await freePort()}`, '--log-level', 'warn'],
          ...ALONE,
          ...discoveryOf(job),
          ...(job.uploadBytesPerSecond ? ['--upload-limit', `${job.uploadBytesPerSecond}`] : []),
          ...options,
          ...(job.mode === 'on-demand' ? ['--on-demand'] : []),
        ],
        join(job.folder, 'tributary.log'),
      )
      const base = `http://127.0.0.1:${port}`
      await program.isAnswering(`${base}/torrents`)
      return new JsonApiServer(program, base, job)
    },
  }
}

function discoveryOf({ discovery }: Job): readonly string[] {
  switch (discovery?.kind) {
    case 'trackers':
      return ['--no-dht']
    case 'dht':
      return ['--no-trackers', ...discovery.nodes.flatMap((node) => ['--dht-bootstrap', node])]
    case undefined:
      return ['--no-dht', '--no-trackers']
  }
}

/** The default: early bytes only when proven. */
export const tributary: Contender = tributaryWith('tributary', [])

/** Every block goes to the viewer before its piece is hashed. */
export const tributaryAlways: Contender = tributaryWith('tributary-always', [
  '--verification',
  'always',
])

/** Only verified pieces go to the viewer. */
export const tributaryOff: Contender = tributaryWith('tributary-off', ['--verification', 'off'])
