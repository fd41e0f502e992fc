import { EventEmitter, once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { Client } from 'bittorrent-dht'
import ProtocolWire from 'bittorrent-protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebTorrent, { type Torrent, type Wire } from 'webtorrent'
import Peer from 'webtorrent/lib/peer.js'
import { Id, message, RawPeer } from '../../helpers/raw-peer.ts'
import { addTorrent, openClient } from '../../helpers/webtorrent-client.ts'

const ROOT = new URL('../../../', import.meta.url)
const INFO_HASH = '0123456789abcdef0123456789abcdef01234567'
const CLOSED_PORT = '127.0.0.1:1'

function readText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

/** Members of an interface or class in one of our declarations, optional ones left out. */
function declared(file: string, kind: string, name: string): string[] {
  const text = readText(`src/torrents/webtorrent/${file}`)
  const body = new RegExp(`${kind} ${name}\\b[^{]*{\n(.*?)\n  }`, 's').exec(text)?.[1] ?? ''
  const members = body.matchAll(/^ {4}(?:readonly )?(_?[a-zA-Z0-9]+)(?=[(:])/gm)
  return [...members].map(([, member = '']) => member).filter((member) => member !== 'constructor')
}

async function openTorrent(): Promise<{ client: WebTorrent; torrent: Torrent }> {
  const client = await openClient()
  return { client, torrent: await addTorrent(client, INFO_HASH) }
}

async function openWire(port: number, torrent: Torrent): Promise<{ wire: Wire; peer: RawPeer }> {
  const opened = once(torrent, 'wire')
  const peer = await RawPeer.connect(port, torrent.infoHash ?? '')
  const [wire]: Wire[] = await opened
  if (wire === undefined) throw new Error('no wire')
  return { wire, peer }
}

describe('the engine that we have tried everything with', () => {
  it.each([
    ['webtorrent', '3.0.21'],
    ['bittorrent-protocol', '5.0.9'],
    ['bittorrent-dht', '11.0.12'],
    ['bencode', '4.0.1'],
  ])('%s is %s, pinned and installed', (name, version) => {
    const { dependencies } = JSON.parse(readText('package.json'))
    expect(dependencies[name]).toBe(version)
    expect(JSON.parse(readText(`node_modules/${name}/package.json`)).version).toBe(version)
  })

  it('speaks the protocol, and reads bencode, through the one copy that is hardened', () => {
    for (const user of [
      'webtorrent',
      'bittorrent-protocol',
      'parse-torrent',
      'bittorrent-tracker',
    ]) {
      for (const name of ['bittorrent-protocol', 'bencode']) {
        expect(existsSync(new URL(`node_modules/${user}/node_modules/${name}`, ROOT))).toBe(false)
      }
    }
  })
})

describe('the members that we declare exist', () => {
  it('of the client', async () => {
    const client = await openClient()
    const members = declared('webtorrent.d.ts', 'export default class', 'WebTorrent')
    expect(members).toContain('torrentPort')
    expect(members.filter((member) => !(member in client))).toEqual([])
    expect(typeof WebTorrent.UTP_SUPPORT).toBe('boolean')
  })

  it('of a torrent', async () => {
    const { torrent } = await openTorrent()
    const members = declared('webtorrent.d.ts', 'export interface', 'Torrent')
    expect(members).toContain('_onWire')
    expect(members.filter((member) => !(member in torrent))).toEqual([])
  })

  it('of a peer and of its wire', async () => {
    const { client, torrent } = await openTorrent()
    const { wire } = await openWire(client.torrentPort, torrent)
    const members = declared('webtorrent.d.ts', 'export interface', 'Wire')
    expect(members).toContain('peerExtendedHandshake')
    expect(members.filter((member) => !(member in wire))).toEqual([])
    const hardened = declared('bittorrent-protocol.d.ts', 'export default class', 'Wire')
    expect(hardened).toContain('_onExtended')
    expect(hardened.filter((member) => !(member in wire))).toEqual([])
    const [peer] = torrent._peers.values()
    const ofPeer = declared('webtorrent.d.ts', 'export interface', 'PeerConnection')
    expect(ofPeer.filter((member) => !(member in (peer ?? {})))).toEqual([])
  })
})

describe('what guards the engine finds the members that it replaces', () => {
  it('of the encryption of a wire', () => {
    const encryptor = new ProtocolWire('tcpIncoming', 1)._encryptor ?? {}
    const members = declared('bittorrent-protocol.d.ts', 'export interface', 'Encryptor')
    expect(members).toContain('_onPe3Ia')
    expect(members.filter((member) => !(member in encryptor))).toEqual([])
    // Made by the engine at the first use; ours stands in its place.
    const prototype = Object.getPrototypeOf(encryptor)
    expect(Object.getOwnPropertyDescriptor(prototype, 'dh')?.get).toBeDefined()
  })

  it('of the DHT', async () => {
    const socket = Object.assign(new EventEmitter(), {
      destroy: (closed?: () => void) => closed?.(),
    })
    const options = { maxTables: 1, maxValues: 1, maxPeers: 1, maxAge: 1 }
    const dht = new Client({ krpcSocket: socket, bootstrap: [], ...options })
    onTestFinished(() => dht.destroy())
    const members = declared('bittorrent-dht.d.ts', 'export class', 'Client')
    expect(members).toContain('_rotateSecrets')
    expect(members.filter((member) => !(member in dht))).toEqual([])
    expect(Array.isArray(dht._rpc.pending)).toBe(true)
    expect(typeof dht._tables.remove).toBe('function')
    expect(dht._peers.get('ab'.repeat(20), 5)).toEqual([])
  })

  it('of the pool of connections, of peers and of torrents', async () => {
    const { client, torrent } = await openTorrent()
    const pool = client._connPool
    expect(pool?._pendingConns).toBeInstanceOf(Set)
    expect(typeof pool?._onConnection).toBe('function')
    const { prototype } = Peer
    for (const name of ['onConnect', 'onHandshake', 'destroy', 'startConnectTimeout'] as const) {
      expect(typeof prototype[name]).toBe('function')
    }
    for (const name of ['createTCPIncomingPeer', 'createUTPIncomingPeer'] as const) {
      expect(typeof Peer[name]).toBe('function')
    }
    for (const name of declared('webtorrent.d.ts', 'export default class', 'Torrent')) {
      expect(name in torrent).toBe(true)
    }
  })
})

describe('dialling', () => {
  it('reads `client.secure`, and takes the type that it is given', async () => {
    const { client, torrent } = await openTorrent()
    for (const secure of [0, 1]) {
      client.secure = secure
      const peer = torrent._addPeer(CLOSED_PORT, 'tcp', null)
      expect(peer).toMatchObject({ secure, type: 'tcpOutgoing', addr: CLOSED_PORT })
      expect(torrent._addPeer(CLOSED_PORT, 'tcp', null)).toBeNull()
      torrent.removePeer(CLOSED_PORT)
    }
  })

  it('goes through `_addPeer`, first and again', async () => {
    const { torrent } = await openTorrent()
    const dialled: unknown[] = []
    const isDialledAgain = new Promise<void>((resolve) => {
      const original = torrent._addPeer.bind(torrent)
      torrent._addPeer = (peer, type, source) => {
        if (dialled.push(peer) === 2) resolve()
        return original(peer, type, source)
      }
    })
    expect(torrent.addPeer(CLOSED_PORT)).toBe(true)
    await isDialledAgain
    expect(dialled).toEqual([CLOSED_PORT, CLOSED_PORT])
  })

  it('refuses ports that are none, rather than throw', async () => {
    const { torrent } = await openTorrent()
    expect(torrent.addPeer('127.0.0.1:0')).toBe(false)
    expect(torrent.addPeer('127.0.0.1:99999')).toBe(false)
  })
})

describe('a torrent of which nothing is known but its info hash', () => {
  it('has no pieces and no metadata, looks for peers, and ends', async () => {
    const { client, torrent } = await openTorrent()
    expect(torrent.infoHash).toBe(INFO_HASH)
    expect(torrent.pieces).toEqual([])
    torrent.pieces = new Array<unknown>(5)
    const { peer } = await openWire(client.torrentPort, torrent)
    peer.send(message(Id.bitfield, Buffer.from([0xf0])), message(Id.interested))
    await new Promise<void>((resolve) => torrent.destroy({ destroyStore: false }, resolve))
    await peer.closed()
    expect(torrent.destroyed).toBe(true)
  })

  it('hears of each wire through `_onWire`, after which our handshake is sent', async () => {
    const { client, torrent } = await openTorrent()
    const peer = await new Promise<RawPeer>((resolve, reject) => {
      torrent._onWire = (wire) => {
        expect(wire.hasFast).toBe(false)
      }
      RawPeer.connect(client.torrentPort, INFO_HASH).then(resolve, reject)
    })
    expect(peer.socket.destroyed).toBe(false)
  })

  it('looks for peers through `_startDiscovery`, once', async () => {
    const client = await openClient()
    const torrent = client.add(`magnet:?xt=urn:btih:${INFO_HASH}`, {})
    let starts = 0
    torrent._startDiscovery = () => {
      starts++
    }
    await once(torrent, 'infoHash')
    expect(starts).toBe(1)
  })
})
