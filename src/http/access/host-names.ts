import { isIP } from 'node:net'
import { matchesHost, parseHostPattern } from '../../host-pattern.ts'
import { hostNameOf } from '../messages/host-header.ts'

/**
 * Whether a Host header names us: by an IP address, as localhost, or by one of our names. Another
 * name is how a web page reaches into the LAN by pointing its own domain at us (DNS rebinding).
 *
 * @param ownNames - In lower case.
 */
export function namesUs(hostHeader: string, ownNames: ReadonlySet<string>): boolean {
  const name = hostNameOf(hostHeader)
  if (name === null) return false
  return isIP(name) !== 0 || name === 'localhost' || ownNames.has(name)
}

/**
 * Names below which no public DNS has any: those of routers and local networks (RFC 8375 home.arpa, RFC
 * 6762 local, ICANN's internal, and lan, which is none of the root's). `fritz.box` is not among them:
 * box is a public domain.
 */
const LOCAL_SUFFIX = /^[^.]+$|\.(lan|home\.arpa|local|internal|localhost)$/

/**
 * `ours`: an address, localhost, one of our names, or one that the owner allows. `local`: a name that
 * nobody outside can point at us, as there is no public DNS for it: good for reading. `foreign`: any other.
 */
export type HostStanding = 'ours' | 'local' | 'foreign'

/** @param allowed - Patterns as parseHostPattern gives them. */
export function hostStanding(
  hostHeader: string,
  {
    ownNames,
    allowedHosts,
  }: {
    readonly ownNames: ReadonlySet<string>
    readonly allowedHosts: readonly string[]
  },
): HostStanding {
  if (namesUs(hostHeader, ownNames)) return 'ours'
  const name = hostNameOf(hostHeader)
  if (name === null) return 'foreign'
  if (allowedHosts.some((pattern) => matchesHost(pattern, name))) return 'ours'
  // What is all digits would be an address in some resolver's eyes.
  const isName = /[a-z]/.test(name) && parseHostPattern(name) === name
  return isName && LOCAL_SUFFIX.test(name) ? 'local' : 'foreign'
}

/** A machine's name as people type it: alone, with its domain, and by multicast DNS. */
export function namesOfMachine(hostname: string): readonly string[] {
  const full = hostname.toLowerCase()
  const [short = full] = full.split('.')
  return [full, short, `${short}.local`]
}
