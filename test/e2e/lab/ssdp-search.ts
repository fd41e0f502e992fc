import { fileURLToPath } from 'node:url'
import type { Host } from './lab.ts'

const SEARCHER = fileURLToPath(new URL('ssdp_search.py', import.meta.url))

/**
 * Searches for media servers once.
 *
 * @param origin - IPv4 address to search from; or the interface, where a group of IPv6 is given.
 * @returns the LOCATION of each answer
 */
export async function search(
  host: Host,
  origin: string,
  group?: 'ff02::c' | 'ff05::c',
): Promise<readonly string[]> {
  const { stdout } = await host.run([
    ...['python3', SEARCHER, origin],
    ...(group === undefined ? [] : [group]),
  ])
  const answers = stdout.split('\n').filter((line) => line !== '')
  return answers.map((line) => JSON.parse(line).headers.location)
}
