import { endpointOf, isPeerAddress } from '../../peer-address.ts'

/** A magnet is a stranger's: each of its names makes us ask somebody. */
const MOST_NAMES = 10

/** The address of a host name. Rejects where there is none. */
export type Lookup = (hostName: string) => Promise<string>

/** The addresses (`ip:port`) of peers that are given as `host:port`; what has none is left out. */
export async function lookUpPeers(peerHosts: readonly string[], lookup: Lookup): Promise<string[]> {
  const found = await Promise.allSettled(
    peerHosts.slice(0, MOST_NAMES).map(async (peer) => {
      const [name = '', port = ''] = peer.split(':')
      const address = await lookup(name)
      return endpointOf({ address, port: Number(port) })
    }),
  )
  return found
    .map((result) => (result.status === 'fulfilled' ? result.value : ''))
    .filter(isPeerAddress)
}
