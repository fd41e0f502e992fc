import { Client } from 'bittorrent-dht'
import Wire from 'bittorrent-protocol'
import { describe, expect, it } from 'vitest'
import Peer from 'webtorrent/lib/peer.js'
import Torrent from 'webtorrent/lib/torrent.js'
import { temporaryFolder } from './helpers/temporary-folder.ts'

/** Of the packages below us; the encryptor of wires has no name of its own. */
const PROTOTYPES: readonly object[] = [
  Wire.prototype,
  Peer.prototype,
  Torrent.prototype,
  Client.prototype,
  Object.getPrototypeOf(new Wire('', 1)._encryptor),
]

/** Every member of each prototype, as it is at this moment. */
function members(): readonly Record<string, PropertyDescriptor>[] {
  return PROTOTYPES.map((prototype) => Object.getOwnPropertyDescriptors(prototype))
}

function changedSince(before: ReturnType<typeof members>): readonly string[] {
  return members().flatMap((now, index) =>
    Object.keys(now).filter((name) => now[name]?.value !== before[index]?.[name]?.value),
  )
}

describe('the entry of the package', () => {
  it('changes no other package by being imported, but by opening a session, and once', async () => {
    const untouched = members()
    const { Session } = await import('../src/index.ts')
    expect(changedSince(untouched)).toEqual([])
    const options = { dht: false, lsd: false, trackers: false } as const
    const first = await Session.open({ ...options, folder: await temporaryFolder() })
    expect(changedSince(untouched)).toContain('_onMessage')
    const patched = members()
    const second = await Session.open({ ...options, folder: await temporaryFolder() })
    expect(changedSince(patched)).toEqual([])
    await Promise.all([first.close(), second.close()])
  })

  it('gives out what a user needs, and no insides', async () => {
    const entry = await import('../src/index.ts')
    expect(Object.keys(entry).toSorted()).toEqual([
      'LockError',
      'MAX_TORRENT_FILE_BYTES',
      'Session',
      'StorageError',
      'TorrentError',
      'bencodeAsJson',
      'createTorrent',
      'namesTorrent',
      'parseInfoHash',
      'parseTorrentSource',
      'readMetainfo',
      'readTorrentSource',
      'silentLogger',
    ])
    expect(Object.keys(entry.Session)).toEqual(['open'])
  })
})
