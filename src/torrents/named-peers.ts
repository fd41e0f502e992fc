import { isIPv6 } from 'node:net'
import { isPeerAddress } from './peer-address.ts'

/** A magnet is a stranger's: each of its names makes us ask somebody. */
const MOST_NAMES = 10
/** Host names (RFC 1123, 2.1), with the underscores that some have. */
const NAMED_PEER = /^([a-z\d_](?:[a-z\d._-]{0,252}))\.?:(\d{1,5})$/i

/** The address of a host name. Rejects where there is none. */
export type Lookup = (hostName: string) => Promise<string>

/**
 * The addresses (`ip:port`) of peers that are given by a host name. Those that are addresses
 * already are left out; so is what has no address.
 */
export async function lookUpPeers(peers: readonly string[], lookup: Lookup): Promise<string[]> {
  const named = peers.filter((peer) => !isPeerAddress(peer) && NAMED_PEER.test(peer))
  const found = await Promise.allSettled(
    named.slice(0, MOST_NAMES).map(async (peer) => {
      const [, name = '', port = ''] = NAMED_PEER.exec(peer) ?? []
      const address = await lookup(name)
      return `${isIPv6(address) ? `[${address}]` : address}:${port}`
    }),
  )
  return found
    .map((result) => (result.status === 'fulfilled' ? result.value : ''))
    .filter(isPeerAddress)
}
