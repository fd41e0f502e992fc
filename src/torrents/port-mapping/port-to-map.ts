/** A port of ours that the router shall let in, under the same number outside. */
export interface PortToMap {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** Asked for each time; it is renewed long before. */
export const LEASE_SECONDS = 7_200
