import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SocketRoutes } from '../../../src/torrents/binding/socket-routes.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

function open(): SocketRoutes {
  const routes = new SocketRoutes({ networkInterfaces, clock: new FakeClock() })
  onTestFinished(() => routes.close())
  return routes
}

describe.skipIf(process.platform !== 'linux')('routes that are told by sockets', () => {
  it('go by loopback to this machine, at whichever of its addresses', async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((infos = []) => infos)
      .find(({ family, internal }) => family === 'IPv4' && !internal)
    for (const address of ['127.0.0.1', '127.0.0.9', ...(own === undefined ? [] : [own.address])]) {
      expect(await open().wayTo(address, '127.0.0.1')).toEqual({ kind: 'by', interfaceName: 'lo' })
    }
  })

  it('are of one family, and to addresses', async () => {
    const nowhere = { kind: 'nowhere' }
    expect(await open().wayTo('::1', '127.0.0.1')).toEqual(nowhere)
    expect(await open().wayTo('localhost', '127.0.0.1')).toEqual(nowhere)
    // Of an address that no interface has, nobody knows the way.
    const without = new SocketRoutes({ networkInterfaces: () => ({}), clock: new FakeClock() })
    const own = Object.values(networkInterfaces()).flatMap((infos = []) => infos)
    const other = own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
    if (other !== undefined) expect(await without.wayTo(other, other)).toEqual(nowhere)
  })

  it('are looked at again and again until it is closed', async () => {
    const clock = new FakeClock()
    const routes = new SocketRoutes({ networkInterfaces, clock })
    routes.watch(() => {})
    await expect.poll(() => clock.pending, { timeout: 10_000 }).toBe(1)
    routes.close()
    expect(clock.pending).toBe(0)
  })
})
