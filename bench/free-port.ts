import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const handedOut = new Set<number>()

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, below those that the kernel hands out to
 * whoever dials: nobody takes it by chance before the program does. Each is given out once.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    if (handedOut.has(port)) continue
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    handedOut.add(port)
    return port
  }
}
