import { createSocket, type RemoteInfo } from 'node:dgram'

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
    : createSocket({ type: 'udp6', reuseAddr: true, ipv6Only: true })
}
