import { readFile } from 'node:fs/promises'

const ROUTES = '/proc/net/route'
/** Usable, and by way of a gateway. */
const UP_GATEWAY = 3

/**
 * The IPv4 address of the router, on Linux; `null` where there is none to be found. That of one
 * interface, where it is named.
 */
export async function gatewayAddress(interfaceName?: string): Promise<string | null> {
  try {
    return parseGateway(await readFile(ROUTES, 'utf8'), interfaceName)
  } catch {
    return null
  }
}

/** Of the default route with the lowest metric; addresses are hexadecimal, last byte first. */
export function parseGateway(routes: string, interfaceName?: string): string | null {
  const defaults = routes
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, to, , flags]) => to === '00000000' && (Number(`0x${flags}`) & UP_GATEWAY) === UP_GATEWAY,
    )
    .filter(([name]) => interfaceName === undefined || name === interfaceName)
    .sort((a, b) => Number(a[6]) - Number(b[6]))
  const [, , gateway = ''] = defaults[0] ?? []
  if (!/^[0-9A-F]{8}$/i.test(gateway)) return null
  return [...Buffer.from(gateway, 'hex').reverse()].join('.')
}
