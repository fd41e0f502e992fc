import { createSocket } from 'node:dgram'
import { openIPv6Socket } from './ssdp-socket.ts'

/** Any port does: nothing is sent. */
const DISCARD_PORT = 9

/**
 * Which address of this machine a datagram to `address` would come from, as the routing table has it;
 * `null` where there is no way. Sends nothing.
 */
export function sourceAddressTowards(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = address.includes(':') ? openIPv6Socket() : createSocket('udp4')
    const end = (source: string | null): void => {
      socket.close()
      resolve(source)
    }
    socket.once('error', () => end(null))
    socket.connect(DISCARD_PORT, address, () => end(socket.address().address))
  })
}
