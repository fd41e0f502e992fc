import { createSocket } from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Client } from 'bittorrent-dht'
import Wire from 'bittorrent-protocol'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import Peer from 'webtorrent/lib/peer.js'
import { type EngineEntry, engineFaults } from '../../../src/engine-faults.ts'
import { silentLogger } from '../../../src/log.ts'
import { Dht } from '../../../src/torrents/webtorrent/dht.ts'
import { patchEngine } from '../../../src/torrents/webtorrent/engine-patches.ts'
import { guardEvents, guardMethods } from '../../../src/torrents/webtorrent/peer-guards.ts'
import { engineError } from '../../helpers/engine-error.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { handshake, Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'
import { openSeeder } from '../../helpers/sessions.ts'

patchEngine()

const fixture = singleFile('film.mkv', pseudoRandomBytes(50_000, 1))

/** Makes a method of the engine throw the next time that it is called. */
function failOnce<T extends object>(prototype: T, name: keyof T & string, error: Error): void {
  const spy = vi.spyOn(prototype as Record<string, () => unknown>, name)
  spy.mockImplementationOnce(() => {
    throw error
  })
  onTestFinished(() => spy.mockRestore())
}

function countOf(entry: EngineEntry): number {
  return engineFaults.byEntry.get(entry) ?? 0
}

/** What nobody has caught while the test runs. */
function uncaught(): unknown[] {
  const thrown: unknown[] = []
  process.setUncaughtExceptionCaptureCallback((error) => thrown.push(error))
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null))
  return thrown
}

async function closeOf(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.destroyed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
}

function call(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
  })
  return socket
}

describe('what the engine throws costs its connection and nothing else', () => {
  it('where a peer calls', async () => {
    const { session } = await openSeeder(fixture)
    const [thrown, before] = [uncaught(), countOf('connection')]
    failOnce(Peer, 'createTCPIncomingPeer' as never, engineError())
    await closeOf(call(session.peerPort))
    expect(countOf('connection')).toBe(before + 1)
    expect(thrown).toEqual([])
  })

  it('where a message is told', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const [thrown, before] = [uncaught(), countOf('wire')]
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash)
    failOnce(Wire.prototype, '_onHave', engineError())
    peer.send(message(Id.have, numbers([0])))
    await peer.closed()
    expect(countOf('wire')).toBe(before + 1)
    expect(thrown).toEqual([])
  })

  it('where a handshake is told', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const [thrown, before] = [uncaught(), engineFaults.count]
    failOnce(Wire.prototype, 'handshake' as never, engineError())
    const socket = call(session.peerPort)
    socket.write(handshake(torrent.infoHash))
    await closeOf(socket)
    expect(engineFaults.count).toBe(before + 1)
    expect(thrown).toEqual([])
  })

  it.each(['data', 'end', 'close', 'error', 'timeout'])('where a socket tells "%s"', (event) => {
    const socket = new EventEmitter()
    let closed = 0
    guardEvents(socket, 'socket', () => closed++)
    socket.on(event, () => {
      throw engineError()
    })
    const before = countOf('socket')
    socket.emit(event, new Error('of the system'))
    expect(closed).toBe(1)
    expect(countOf('socket')).toBe(before + 1)
  })

  it('where a datagram comes in for the DHT', async () => {
    const dht = new Dht({ port: 0, bootstrap: [], log: silentLogger() })
    onTestFinished(() => dht.close())
    await expect.poll(() => dht.port).toBeGreaterThan(0)
    const socket = createSocket('udp4')
    onTestFinished(() => {
      socket.close()
    })
    const [thrown, before] = [uncaught(), countOf('dht')]
    failOnce(Client.prototype, '_onquery' as never, engineError())
    const ping = 'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe'
    const answered = once(socket, 'message')
    for (let times = 0; times < 2; times++) socket.send(ping, dht.port, '127.0.0.1')
    await answered
    expect(countOf('dht')).toBe(before + 1)
    expect(thrown).toEqual([])
  })

  it('where a timer or a call from C comes in', () => {
    class Part {
      closed = 0
      tick(): void {
        throw engineError()
      }
    }
    guardMethods(Part.prototype, ['tick'], 'torrent', (part) => part.closed++)
    const part = new Part()
    const before = countOf('torrent')
    part.tick()
    expect(part.closed).toBe(1)
    expect(countOf('torrent')).toBe(before + 1)
  })
})

describe('what we throw ourselves', () => {
  it('is not held up, also where the engine has called us', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const [thrown, before] = [uncaught(), engineFaults.count]
    const ours = new Error('ours')
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash)
    failOnce(Wire.prototype, '_onHave', ours)
    peer.send(message(Id.have, numbers([0])))
    await expect.poll(() => thrown).toEqual([ours])
    expect(engineFaults.count).toBe(before)
  })
})
