import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { Dht, type DhtOptions } from '../../../src/torrents/webtorrent/dht.ts'

const HASH = 'ab'.repeat(20)
const ID = 'abcdefghij0123456789'
const PING = `d1:ad2:id20:${ID}e1:q4:ping1:t2:aa1:y1:qe`

function openDht(options: Partial<DhtOptions> = {}): Dht {
  const dht = new Dht({ port: 0, bootstrap: [], log: silentLogger(), ...options })
  onTestFinished(() => dht.close())
  return dht
}

/** Its port, once it has one. */
async function portOf(dht: Dht): Promise<number> {
  await expect.poll(() => dht.port).toBeGreaterThan(0)
  return dht.port
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => {
    socket.close()
  })
  return socket
}

async function ask(socket: Socket, port: number, text: string): Promise<string> {
  const answer = once(socket, 'message')
  socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1')
  const [bytes]: Buffer[] = await answer
  return bytes?.toString('latin1') ?? ''
}

describe('Dht', () => {
  it('finds the peers that another node has announced', async () => {
    const first = openDht()
    const bootstrap = [`127.0.0.1:${await portOf(first)}`]
    const [second, third] = [openDht({ bootstrap }), openDht({ bootstrap })]
    await expect.poll(() => Math.min(second.nodeCount, third.nodeCount)).toBeGreaterThan(0)
    second.announce(HASH, 4_242, () => {})
    // The next lookup is after 15 ms, or there would be nothing to be found yet.
    const found: string[] = []
    await expect
      .poll(async () => {
        const stop = third.announce(HASH, 4_243, (address) => found.push(address))
        await new Promise((resolve) => setTimeout(resolve, 50))
        stop()
        return found
      })
      .toContain('127.0.0.1:4242')
  })

  it('asks again, as soon as there is somebody to ask', async () => {
    const socket = await openSocket()
    const { port } = socket.address()
    const dht = openDht({ bootstrap: [`127.0.0.1:${port}`], firstRetryMs: 20 })
    dht.announce(HASH, 4_242, () => {})
    const asked: string[] = []
    socket.on('message', (bytes) =>
      asked.push(/1:q\d+:(\w+)1:t/.exec(bytes.toString('latin1'))?.[1] ?? ''),
    )
    // Nobody answers; questions go on coming all the same.
    await expect
      .poll(() => asked.filter((name) => name === 'get_peers').length, { timeout: 15_000 })
      .toBeGreaterThan(1)
  }, 20_000)

  it('goes on where its port is taken, and takes it later', async () => {
    const socket = createSocket('udp4')
    socket.bind(0)
    await once(socket, 'listening')
    const { port } = socket.address()
    const dht = openDht({ port, firstRetryMs: 10 })
    dht.announce(HASH, 1, () => {})
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(dht.port).toBe(0)
    socket.close()
    await expect.poll(() => dht.port, { timeout: 5_000 }).toBe(port)
  })

  it.each([
    'd-3:',
    'l'.repeat(1_000),
    `d1:ad2:id20:${ID}6:targeti7ee1:q9:find_node1:t2:aa1:y1:qe`,
    'd1:ad2:idi1ee1:q4:ping1:t2:aa1:y1:qe',
    `d1:ad2:id20:${ID}9:info_hashli1eee1:q9:get_peers1:t2:aa1:y1:qe`,
    `d1:ad2:id20:${ID}9:info_hash20:${ID}4:porti1e5:tokeni1ee1:q13:announce_peer1:t2:aa1:y1:qe`,
    `d1:ad2:id20:${ID}1:vi1e5:token1:xe1:q3:put1:t2:aa1:y1:qe`,
    'd1:rd2:idi7ee1:t2:aa1:y1:re',
    `d1:rd2:id20:${ID}5:nodesi9ee1:t2:aa1:y1:re`,
    'd1:eli201ee1:t2:aa1:y1:ee',
  ])('answers others after %s', async (text) => {
    const port = await portOf(openDht())
    const socket = await openSocket()
    socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1')
    expect(await ask(socket, port, PING)).toMatch(/^d1:rd2:id20:.{20}e1:t2:aa1:y1:re$/s)
  })

  it('remembers no node that answers what nobody has asked', async () => {
    const dht = openDht()
    const port = await portOf(dht)
    const socket = await openSocket()
    socket.send(`d1:rd2:id20:${ID}e1:t2:aa1:y1:re`, port, '127.0.0.1')
    await ask(socket, port, `d1:ad2:id20:${'z'.repeat(20)}e1:q4:ping2:roi1e1:t2:aa1:y1:qe`)
    expect(dht.nodeCount).toBe(0)
    await ask(socket, port, PING)
    expect(dht.nodeCount).toBe(1)
  })

  it('answers an address no more often than makes sense', async () => {
    const port = await portOf(openDht())
    const socket = await openSocket()
    let answers = 0
    socket.on('message', () => answers++)
    for (let count = 0; count < 200; count++) socket.send(PING, port, '127.0.0.1')
    await expect.poll(() => answers).toBeGreaterThanOrEqual(40)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(answers).toBeLessThan(60)
  })
})
