import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { CloseStack } from '../../src/app/close-stack.ts'
import { listen, openHttp } from '../../src/app/listen.ts'
import { StartError } from '../../src/app/start-error.ts'
import { silentLogger } from '../../src/log.ts'

const servers: Server[] = []

function newServer(): Server {
  const server = createServer((_request, response) => response.end('here'))
  servers.push(server)
  return server
}

function answersTo(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  )
})

describe('listen()', () => {
  it('takes both families and tells the port that it got', async () => {
    const { host, port } = await listen(newServer(), { host: null, port: 0 })
    expect(port).toBeGreaterThan(0)
    expect(await answersTo('127.0.0.1', port)).toBe(true)
    const hasIpv6 = networkInterfaces().lo?.some(({ family }) => family === 'IPv6') ?? false
    expect(host).toBe(hasIpv6 ? '::' : '0.0.0.0')
    expect(await answersTo('::1', port)).toBe(hasIpv6)
  })

  it('takes the address that was asked for only', async () => {
    const { host, port } = await listen(newServer(), { host: '127.0.0.2', port: 0 })
    expect(host).toBe('127.0.0.2')
    expect(await answersTo('127.0.0.2', port)).toBe(true)
    expect(await answersTo('127.0.0.1', port)).toBe(false)
  })

  it.each([null, '127.0.0.1'])('names a port that is taken, listening on %s', async (host) => {
    const { port } = await listen(newServer(), { host, port: 0 })
    const second = listen(newServer(), { host, port })
    await expect(second).rejects.toThrow(StartError)
    await expect(second).rejects.toThrow(`HTTP port ${port} is in use by another program`)
  })

  it('names an address that is not ours', async () => {
    const promise = listen(newServer(), { host: '192.0.2.1', port: 0 })
    await expect(promise).rejects.toThrow('192.0.2.1 is not an address of this machine (--host)')
  })
})

describe('openHttp()', () => {
  it.each(['free', 'taken'])(
    'has the server end with all else, on a port that is %s',
    async (is) => {
      const { port } = await listen(newServer(), { host: '127.0.0.1', port: 0 })
      const server = newServer()
      let hasEnded = false
      server.on('close', () => {
        hasEnded = true
      })
      const closing = new CloseStack(silentLogger())
      const options = { host: '127.0.0.1', port: is === 'taken' ? port : 0 }
      const opening = openHttp(server, options, closing)
      if (is === 'taken') await expect(opening).rejects.toThrow(StartError)
      else await opening
      expect(hasEnded).toBe(false)
      await closing.close()
      await expect.poll(() => hasEnded).toBe(true)
      expect(server.listening).toBe(false)
    },
  )
})
