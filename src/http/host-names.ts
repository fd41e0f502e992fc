import { isIP } from 'node:net'

/**
 * The name in a Host header or a URL's authority, in lower case, without port, brackets and zone;
 * `null` where there is none.
 */
export function hostNameOf(authority: string): string | null {
  const [, bracketed, plain] =
    /^(?:\[([^\]%]+)(?:%[^\]]*)?\]|([^:/@\s]+))(?::\d{1,5})?$/.exec(authority.trim()) ?? []
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '') ?? null
}

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

/** A machine's name as people type it: alone, with its domain, and by multicast DNS. */
export function namesOfMachine(hostname: string): readonly string[] {
  const full = hostname.toLowerCase()
  const [short = full] = full.split('.')
  return [full, short, `${short}.local`]
}
