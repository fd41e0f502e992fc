import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** Any port does: nothing is sent. */
const DISCARD_PORT = 9

/**
 * Which address of this machine a datagram to `address` would come from, as the routing table has it;
 * `null` where there is no way. Sends nothing.
 */
export function sourceAddressTowards(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    const end = (source: string | null): void => {
      socket.close()
      resolve(source)
    }
    socket.once('error', () => end(null))
    socket.connect(DISCARD_PORT, address, () => end(socket.address().address))
  })
}
