import { networkInterfaces } from 'node:os'

/** Asking the system takes long enough not to do it for each peer. */
const ASK_EVERY_MS = 30_000

let addresses: ReadonlySet<string> = new Set()
let askedAt = Number.NEGATIVE_INFINITY

/** True for the addresses of this machine's interfaces, and for what stands for any. */
export function isOwnAddress(host: string): boolean {
  const now = performance.now()
  if (now - askedAt > ASK_EVERY_MS) {
    const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    addresses = new Set(interfaces.map(({ address }) => address))
    askedAt = now
  }
  return host === '0.0.0.0' || host === '::' || addresses.has(host)
}
