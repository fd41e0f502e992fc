import type { Host } from '../lab/lab.ts'
import { waitFor } from '../lab/wait-for.ts'

export const MEDIA_SERVER = 'urn:schemas-upnp-org:device:MediaServer:1'

export interface Discovered {
  readonly usn: string
  readonly location: string
}

/** Waits until the media server of a network is found there; which one it is, and what else is, is another question. */
export function discoverFirst(host: Host): Promise<Discovered> {
  return waitFor('a media server', async () => (await discover(host))[0])
}

/** Searches from `host` for `seconds`: every resource that answered or announced itself. */
export async function discover(
  host: Host,
  target: string = MEDIA_SERVER,
  seconds = 3,
): Promise<readonly Discovered[]> {
  const { stdout } = await host.run([
    'gssdp-discover',
    ...['-i', host.interfaceName],
    `--timeout=${seconds}`,
    ...['-t', target],
  ])
  const resources = stdout.matchAll(/resource available\s+USN:\s+(\S+)\s+Location:\s+(\S+)/g)
  return [...resources].map(([, usn = '', location = '']) => ({ usn, location }))
}
