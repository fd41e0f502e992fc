import { isIP } from 'node:net'

/** True for `1.2.3.4:5` and `[::1]:5`. */
export function isPeerAddress(text: string): boolean {
  const match = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text)
  if (match === null) return false
  const [, ipv6 = '', ipv4 = '', digits] = match
  const port = Number(digits)
  return port > 0 && port < 65_536 && (isIP(ipv6) === 6 || isIP(ipv4) === 4)
}
