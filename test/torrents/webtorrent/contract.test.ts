import { EventEmitter, once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { Client } from 'bittorrent-dht'
import ProtocolWire from 'bittorrent-protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebTorrent, { type Torrent, type Wire } from 'webtorrent'
import Peer from 'webtorrent/lib/peer.js'
import { singleFile } from '../../helpers/make-torrent.ts'
import { Id, message, RawPeer } from '../../helpers/raw-peer.ts'
import { addTorrent, askedStore, openClient } from '../../helpers/webtorrent-client.ts'

const ROOT = new URL('../../../', import.meta.url)
const fixture = singleFile('film.mkv', Buffer.alloc(100_000))
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

async function openTorrent(): Promise<{ client: WebTorrent; torrent: Torrent; asked: string[] }> {
  const client = await openClient()
  const store = askedStore()
  const torrent = addTorrent(client, fixture.torrentFile, store)
  return { client, torrent, asked: store.asked }
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
    await once(torrent, 'ready')
    const members = declared('webtorrent.d.ts', 'export interface', 'Torrent')
    expect(members).toContain('_verifyPieces')
    expect(members.filter((member) => !(member in torrent))).toEqual([])
    expect(typeof torrent._rarityMap?.destroy).toBe('function')
  })

  it('of a peer and of its wire', async () => {
    const { client, torrent } = await openTorrent()
    await once(torrent, 'ready')
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
    await once(torrent, 'ready')
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
    await once(torrent, 'ready')
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
    await once(torrent, 'ready')
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
    await once(torrent, 'ready')
    expect(torrent.addPeer('127.0.0.1:0')).toBe(false)
    expect(torrent.addPeer('127.0.0.1:99999')).toBe(false)
  })
})

describe('a torrent on its way to `ready`', () => {
  it('is held by `_verifyPieces`, which is called once, after `metadata`, and looks for peers then', async () => {
    const { torrent } = await openTorrent()
    const steps: string[] = []
    torrent._startDiscovery = () => {
      steps.push('discovery')
    }
    let release = (): void => {}
    const isHeld = new Promise<void>((resolve) => {
      torrent._verifyPieces = (callback) => {
        steps.push('verify')
        release = () => callback(null)
        resolve()
      }
    })
    torrent.on('metadata', () => steps.push('metadata'))
    torrent.on('ready', () => steps.push('ready'))
    await isHeld
    expect(steps).toEqual(['metadata', 'verify'])
    release()
    expect(steps).toEqual(['metadata', 'verify', 'discovery', 'ready'])
  })

  it('lives and ends without its rarity map', async () => {
    const { client, torrent } = await openTorrent()
    torrent.on('metadata', () => {
      torrent._rarityMap?.destroy()
      torrent._rarityMap = null
    })
    await once(torrent, 'ready')
    const { peer } = await openWire(client.torrentPort, torrent)
    peer.send(message(Id.bitfield, Buffer.from([0xf0])))
    await peer.next(Id.haveNone)
    await new Promise<void>((resolve) => torrent.destroy({ destroyStore: false }, resolve))
    await peer.closed()
  })
})
