import { bracketed } from '../ip-address.ts'
import {
  type InterfaceSelection,
  interfaceAddresses,
  isWildcard,
  type NetworkInterfaces,
} from '../upnp/discovery/network-interfaces.ts'
import type { Listening } from './listen.ts'

/** Where others find the server: one URL for each address on the LAN, without a slash at the end. */
export function lanUrls(
  interfaces: NetworkInterfaces,
  selection: InterfaceSelection,
  port: number,
): readonly string[] {
  return interfaceAddresses(interfaces, selection).map(({ address }) => urlOf(address, port))
}

/** Where this machine finds the server. */
export function localUrl({ host, port }: Listening): string {
  return urlOf(isWildcard(host) ? 'localhost' : host, port)
}

function urlOf(host: string, port: number): string {
  return `http://${bracketed(host)}:${port}`
}
