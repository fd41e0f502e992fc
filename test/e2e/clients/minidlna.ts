import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab/lab.ts'
import { waitFor } from '../lab/wait-for.ts'
import { browseChildren } from './control-point.ts'

export const MINIDLNA_NAME = 'Oracle'

/** On the server itself. */
export const MINIDLNA_CONTROL_URL = 'http://127.0.0.1:8200/ctl/ContentDir'

/** A media server that others wrote, over `mediaFolder`: what a client cannot do with it is not our fault. */
export async function startMinidlna(lab: Lab, mediaFolder: string): Promise<void> {
  const folder = join(lab.folder, 'minidlna')
  await mkdir(folder)
  const configuration = [
    'port=8200',
    'network_interface=e1,e2',
    `media_dir=${mediaFolder}`,
    `friendly_name=${MINIDLNA_NAME}`,
    `db_dir=${folder}`,
    `log_dir=${folder}`,
    'inotify=no',
    'root_container=B',
  ]
  await writeFile(join(folder, 'minidlna.conf'), `${configuration.join('\n')}\n`)
  lab.server.start([
    'minidlnad',
    '-S',
    '-R',
    '-f',
    join(folder, 'minidlna.conf'),
    '-P',
    join(folder, 'pid'),
  ])
  // Until its scan is over it answers Browse with faults.
  await waitFor('minidlna to end its scan', async () => {
    const log = await readFile(join(folder, 'minidlna.log'), 'utf8')
    return log.includes('Finished parsing playlists')
  })
  // Its first answer after a scan is a fault.
  await waitFor('minidlna to browse', () => browseChildren(lab.server, MINIDLNA_CONTROL_URL, '0'))
}
