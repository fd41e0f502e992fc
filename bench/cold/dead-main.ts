/** A process whose sockets never answer: it listens, tells where, and stops taking calls for good. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

process.once('message', (hosts: readonly string[]) => void holdOpen(hosts))

async function holdOpen(hosts: readonly string[]): Promise<void> {
  const addresses: string[] = []
  for (const host of hosts) {
    const server = createServer()
    server.listen({ port: 0, host, backlog: 1 })
    await once(server, 'listening')
    addresses.push(`${host}:${(server.address() as AddressInfo).port}`)
  }
  process.send?.(addresses, () => {
    // Nothing is taken from the kernel's queues any more: once they are full, it drops each SYN.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
}
