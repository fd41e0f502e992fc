import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

/** All of 127.0.0.0/8 is this machine, on Linux without being told. */
const OURS = '127.0.0.7'
const FIXTURE = singleFile('film.mkv', pseudoRandomBytes(200_000, 1))

async function isOurs(address: string): Promise<boolean> {
  const socket = createSocket('udp4')
  const bound = new Promise<boolean>((resolve) => {
    socket.once('listening', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.bind(0, address)
  return await bound.finally(() => socket.close())
}

describe.skipIf(!(await isOurs(OURS)))('a session that is bound to an address', () => {
  it('listens there and dials from there: a film goes from one to the other', async () => {
    const seeder = await openSeeder(FIXTURE, { bind: '127.0.0.8' })
    const session = await openSession({ bind: OURS })
    const address = `127.0.0.8:${seeder.session.peerPort}`
    const { torrent } = await session.add(FIXTURE.torrentFile, { initialPeers: [address] })
    await until(session, () => torrent.stats().finished)
    const [peer] = seeder.torrent.peers ?? []
    expect(peer?.address).toMatch(`${OURS}:`)
  })

  it('does not listen anywhere else', async () => {
    const session = await openSession({ bind: OURS })
    const socket = createTcpServer()
    onTestFinished(() => void socket.close())
    // The port is free at every other address.
    socket.listen(session.peerPort, '127.0.0.1')
    await once(socket, 'listening')
  })

  it('asks trackers from there, by UDP and by HTTP', async () => {
    const asked: (string | undefined)[] = []
    const udp = createSocket('udp4', (_, { address }) => asked.push(`udp ${address}`))
    udp.bind(0, '127.0.0.1')
    await once(udp, 'listening')
    const web = createServer((request, response) => {
      asked.push(`http ${request.socket.remoteAddress}`)
      response.end('d8:intervali60e5:peers0:e')
    })
    await once(web.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => {
      udp.close()
      web.close()
    })
    const session = await openSession({ bind: OURS, trackers: true })
    const trackers = [
      `udp://127.0.0.1:${udp.address().port}/announce`,
      `http://127.0.0.1:${(web.address() as AddressInfo).port}/announce`,
    ]
    const query = trackers.map((tracker) => `&tr=${encodeURIComponent(tracker)}`).join('')
    await session.add(`magnet:?xt=urn:btih:${'ab'.repeat(20)}${query}`)
    await expect
      .poll(() => new Set(asked), { timeout: 10_000 })
      .toEqual(new Set([`udp ${OURS}`, `http ${OURS}`]))
  })

  it('does not open where there is no such address', async () => {
    await expect(openSession({ bind: '203.0.113.1' })).rejects.toMatchObject({
      kind: 'bad-binding',
      message: '203.0.113.1 is not there: no interface or address (--bind)',
    })
  })
})
