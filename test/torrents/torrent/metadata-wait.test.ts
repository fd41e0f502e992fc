import { describe, expect, it } from 'vitest'
import { MetadataWait } from '../../../src/torrents/torrent/metadata-wait.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'

const FOREVER = Number.POSITIVE_INFINITY
const closed = new TorrentError('closed', 'removed')

describe('MetadataWait', () => {
  it('wakes all who wait', async () => {
    const wait = new MetadataWait()
    const waiting = Promise.all([wait.wait(FOREVER), wait.wait(60_000)])
    wait.settle(null)
    await expect(waiting).resolves.toHaveLength(2)
  })

  it('holds nobody up who comes later', async () => {
    const wait = new MetadataWait()
    wait.settle(null)
    await expect(wait.wait(0)).resolves.toBeUndefined()
  })

  it('rejects with the reason', async () => {
    const wait = new MetadataWait()
    const waiting = wait.wait(FOREVER)
    wait.settle(closed)
    await expect(waiting).rejects.toBe(closed)
    await expect(wait.wait(FOREVER)).rejects.toBe(closed)
  })

  it('rejects when time is up, and may still be there for the next', async () => {
    const wait = new MetadataWait()
    await expect(wait.wait(1)).rejects.toMatchObject({ kind: 'timeout' })
    wait.settle(null)
    await expect(wait.wait(1)).resolves.toBeUndefined()
  })

  it('keeps to the first outcome', async () => {
    const wait = new MetadataWait()
    wait.settle(null)
    wait.settle(closed)
    await expect(wait.wait(FOREVER)).resolves.toBeUndefined()
  })
})
