import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'

/** What SSDP needs of a UDP socket; `node:dgram` has it, and tests bring their own. */
export interface SsdpSocket {
  on(event: 'message', listener: (message: Buffer, from: RemoteInfo) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
  bind(port: number, address: string, listening: () => void): unknown
  setMulticastInterface(address: string): void
  setMulticastTTL(ttl: number): unknown
  setMulticastLoopback(isOn: boolean): unknown
  addMembership(group: string, interfaceAddress: string): void
  dropMembership(group: string, interfaceAddress: string): void
  send(
    message: Uint8Array,
    offset: number,
    length: number,
    port: number,
    address: string,
    callback: (error: Error | null) => void,
  ): void
  close(): unknown
}

/** A socket that shares its port with the other SSDP programs of this machine. */
export function openUdpSocket(family: 4 | 6): SsdpSocket {
  return family === 4
    ? createSocket({ type: 'udp4', reuseAddr: true })
    : openIPv6Socket({ reuseAddr: true })
}

/**
 * A socket for literal IPv6 addresses whose zone may be any interface. By itself Node resolves what it does not take for
 * an address, `ff02::1%br_lan` for its underscore, and loses the zone: the datagram leaves by another interface.
 */
export function openIPv6Socket({
  reuseAddr = false,
}: {
  readonly reuseAddr?: boolean
} = {}): Socket {
  return createSocket({
    ...{ type: 'udp6', ipv6Only: true, reuseAddr },
    lookup: (address, _options, done) => process.nextTick(done, null, address, 6),
  })
}
