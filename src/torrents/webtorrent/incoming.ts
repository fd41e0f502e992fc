import './utp-binding.ts'
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import Peer from 'webtorrent/lib/peer.js'
import { engineFaults } from '../../engine-faults.ts'
import { unmappedAddress } from '../../ip-address.ts'
import type { SwarmTraffic } from '../swarm/swarm-traffic.ts'
import { type Caller, type Connections, whenDestroyed } from './connections.ts'

/** From the first byte of a connection to the end of both handshakes, however they arrive. */
const HANDSHAKE_TIMEOUT_MS = 10_000

/** A TCP or uTP socket that a peer has opened. */
export type CallingSocket = Duplex & { readonly remoteAddress?: string }

/**
 * Takes the calls of peers, in place of webtorrent, which has no limit for them, and looks for the
 * torrent while their messages are already being read: those that come along with the handshake
 * would find nobody to hear them.
 */
export function takeCalls(
  client: WebTorrent,
  connections: Connections,
  traffic: Pick<SwarmTraffic, 'blockedIncoming'>,
): void {
  const pool = client._connPool
  if (pool === null) return
  pool._onConnection = (conn, type) => {
    const socket = conn as CallingSocket
    // Nobody listens for errors of a socket that has been given up.
    socket.on('error', () => {})
    engineFaults.guard(
      'connection',
      () => {
        if (connections.isBlocked(unmappedAddress(socket.remoteAddress ?? ''))) {
          traffic.blockedIncoming++
          socket.destroy()
        } else takeCall(client, connections, socket, type)
      },
      () => socket.destroy(),
    )
  }
}

function takeCall(
  client: WebTorrent,
  connections: Connections,
  conn: CallingSocket,
  type: 'tcp' | 'utp',
): void {
  if (conn.remoteAddress === undefined || client.destroyed) {
    conn.destroy()
    return
  }
  const caller = connections.called(unmappedAddress(conn.remoteAddress), () => conn.destroy())
  const pending = client._connPool?._pendingConns
  pending?.add(conn)
  const create = type === 'utp' ? Peer.createUTPIncomingPeer : Peer.createTCPIncomingPeer
  const peer = create(conn, client.throttleGroups, client.secure)
  const timer = setTimeout(() => peer.destroy(new Error('no handshake')), HANDSHAKE_TIMEOUT_MS)
  const settle = (): void => {
    clearTimeout(timer)
    pending?.delete(conn)
  }
  whenDestroyed(peer, () => {
    settle()
    connections.gone(caller)
  })
  if (peer.destroyed) return
  const { wire } = peer
  wire.once('crypto-infohash', (hash: string) => {
    const torrent = client.torrents.find((one) => encryptedHashOf(one) === hash)
    if (lead(peer, torrent, connections, caller)) wire.setInfoHash(torrent?.infoHash ?? '')
  })
  wire.once('handshake', (infoHash: string, peerId: string) => {
    settle()
    const torrent = client.torrents.find((one) => one.infoHash === infoHash)
    if (peer.swarm !== null && peer.swarm !== torrent) peer.destroy(new Error('another torrent'))
    else if (lead(peer, torrent, connections, caller)) peer.onHandshake(infoHash, peerId)
  })
}

/** To its torrent, if it has one and that has room. False where the peer is turned away. */
function lead(
  peer: Peer,
  torrent: Torrent | undefined,
  connections: Connections,
  caller: Caller,
): boolean {
  if (peer.destroyed) return false
  if (torrent === undefined || torrent.destroyed || !connections.admit(caller, torrent)) {
    peer.destroy(new Error(torrent === undefined ? 'no such torrent' : 'no room'))
    return false
  }
  if (peer.swarm === null) {
    peer.swarm = torrent
    torrent._addIncomingPeer(peer)
  }
  return !peer.destroyed
}

const encryptedHashes = new WeakMap<Torrent, string>()

/** What stands for the info hash in an encrypted handshake: SHA-1 of `req2` and it, in hex. */
function encryptedHashOf(torrent: Torrent): string {
  const known = encryptedHashes.get(torrent)
  if (known !== undefined) return known
  const { infoHash = '' } = torrent
  const hash = createHash('sha1').update('req2').update(Buffer.from(infoHash, 'hex')).digest('hex')
  if (infoHash !== '') encryptedHashes.set(torrent, hash)
  return hash
}
