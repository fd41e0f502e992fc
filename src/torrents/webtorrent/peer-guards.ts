import './utp-binding.ts'
import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import Peer from 'webtorrent/lib/peer.js'
import Torrent from 'webtorrent/lib/torrent.js'
import { type EngineEntry, engineFaults } from '../../engine-faults.ts'
import { tellDestroyed } from './connections.ts'
import { dialling } from './round-trip.ts'

type Method = (this: object, ...values: never[]) => unknown

/**
 * Makes faults of the engine cost `close(this)` where these methods are called from outside: by
 * sockets and timers. What our own code throws goes on up.
 */
export function guardMethods<T extends object>(
  prototype: T,
  names: readonly (keyof T & string)[],
  entry: EngineEntry,
  close: (self: T) => void,
): void {
  for (const name of names) {
    const method = Reflect.get(prototype, name) as Method
    const guardedMethod = function (this: T, ...values: never[]): unknown {
      try {
        return method.apply(this, values)
      } catch (error) {
        engineFaults.absorb(entry, error)
        close(this)
        return undefined
      }
    }
    Reflect.set(prototype, name, guardedMethod)
  }
}

const guarded = new WeakSet<EventEmitter>()

/** The same for whatever listens to a socket. */
export function guardEvents(emitter: EventEmitter, entry: EngineEntry, close: () => void): void {
  if (guarded.has(emitter)) return
  guarded.add(emitter)
  const { emit } = emitter
  emitter.emit = function (this: EventEmitter, ...values: Parameters<typeof emit>): boolean {
    try {
      return emit.apply(this, values)
    } catch (error) {
      engineFaults.absorb(entry, error)
      close()
      return true
    }
  }
}

/** Guards what the engine has; all peers and torrents of the process, for good. */
export function guardEngine(): void {
  guardPeers()
  guardTorrents()
  guardUtp()
}

function guardPeers(): void {
  guardMethods(Peer.prototype, ['onConnect', 'onHandshake'], 'peer', (peer) => peer.destroy())
  const { destroy, startConnectTimeout } = Peer.prototype
  Peer.prototype.destroy = function (this: Peer, error) {
    // It forgets them on the way.
    const { conn, destroyed } = this
    engineFaults.guard(
      'peer',
      () => destroy.call(this, error),
      () => conn?.destroy(),
    )
    if (!destroyed) tellDestroyed(this)
  }
  // Called where we dial, as soon as there is a socket.
  Peer.prototype.startConnectTimeout = function (this: Peer) {
    const { conn } = this
    conn.on('error', () => {})
    guardEvents(conn, 'socket', () => conn.destroy())
    dialling(this)
    startConnectTimeout.call(this)
  }
}

function guardTorrents(): void {
  const nothing = (): void => {}
  const entries = ['_rechoke', '_drain', 'removePeer', '_onListening'] as const
  guardMethods(Torrent.prototype, entries, 'torrent', nothing)
  guardMethods(Torrent.prototype, ['_onParsedTorrent'], 'torrent', (torrent) => {
    torrent._destroy(new Error('the engine cannot take this torrent'))
  })
}

/** uTP is in C, and calls back; there is none on some machines. */
function guardUtp(): void {
  const { resolve } = createRequire(import.meta.url)
  let connection: { prototype: Record<string, unknown> & { destroy(): void } }
  try {
    connection = createRequire(resolve('webtorrent'))('utp-native/lib/connection.js')
  } catch {
    return
  }
  const callbacks = ['_onread', '_ondrain', '_onend', '_onerror', '_onclose', '_onconnect']
  guardMethods(connection.prototype, callbacks, 'utp', (self) => self.destroy())
}
