import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { steadyClock } from '../../../src/clock.ts'
import { silentLogger } from '../../../src/log.ts'
import type { SwarmClient } from '../../../src/torrents/swarm/swarm.ts'
import { openSwarmClient } from '../../../src/torrents/webtorrent/swarm-client.ts'

async function open(port: number): Promise<SwarmClient> {
  const client = await openSwarmClient({
    ...{ port, dht: false, lsd: false, trackers: false, portForward: false },
    ...{ clock: steadyClock, log: silentLogger() },
  })
  onTestFinished(() => client.close())
  return client
}

describe('openSwarmClient()', () => {
  it('listens, and says where', async () => {
    const client = await open(0)
    const socket = connect(client.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    await client.close()
    await client.close()
  })

  it('rejects where the port is taken', async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    const { port } = server.address() as AddressInfo
    await expect(open(port)).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  })

  it('does without uTP where only UDP is taken', async () => {
    const socket = createSocket('udp4')
    socket.bind(0)
    await once(socket, 'listening')
    onTestFinished(() => {
      socket.close()
    })
    const client = await open(socket.address().port)
    expect(client.port).toBe(socket.address().port)
  })
})
