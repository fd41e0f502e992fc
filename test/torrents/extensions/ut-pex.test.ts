import { describe, expect, it } from 'vitest'
import { encodePex, parsePexAdded } from '../../../src/torrents/extensions/ut-pex.ts'

/** As many peers as fit, from 1.0.0.0 up. */
function compact(count: number): Buffer {
  const bytes = Buffer.alloc(6 * count)
  for (let index = 0; index < count; index++) {
    bytes.writeUInt32BE(0x01000000 + index, 6 * index)
    bytes.writeUInt16BE(6881, 6 * index + 4)
  }
  return bytes
}

function message(fields: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts = Object.entries(fields).flatMap(([key, bytes]) => [
    Buffer.from(`${key.length}:${key}${bytes.length}:`),
    bytes,
  ])
  return Buffer.concat([Buffer.from('d'), ...parts, Buffer.from('e')])
}

describe('a PEX message', () => {
  it('is read as it is written', () => {
    const added = ['1.2.3.4:5', '[2001:db8::1]:65535', '255.255.255.255:1'].map((address) => ({
      address,
      flags: 0x10,
    }))
    const bytes = encodePex({ added, dropped: ['9.9.9.9:9'] })
    expect(parsePexAdded(bytes)).toEqual(['1.2.3.4:5', '255.255.255.255:1', '[2001:db8::1]:65535'])
    const text = Buffer.from(bytes).toString('latin1')
    expect(text).toContain('7:added.f2:\x10\x10')
    expect(text).toContain('7:dropped6:\x09\x09\x09\x09\x00\x09')
  })

  it('leaves out what is no address', () => {
    const added = ['', 'x', '1.2.3.4', '1.2.3.4:0', '1.2.3.4:65536', 'host:80', '[fe80::1%eth0]:5']
    const update = { added: added.map((address) => ({ address, flags: 0 })), dropped: [] }
    expect(parsePexAdded(encodePex(update))).toEqual([])
  })

  it('gives 200 peers at most', () => {
    expect(parsePexAdded(message({ added: compact(200) }))).toHaveLength(200)
    expect(parsePexAdded(message({ added: compact(5_000) }))).toHaveLength(200)
    const both = { added: compact(190), added6: Buffer.alloc(18 * 300, 1) }
    expect(parsePexAdded(message(both))?.length).toBeLessThanOrEqual(200)
  })

  it('gives each peer once, none without a port, and no odd bytes', () => {
    const added = Buffer.concat([compact(2), compact(2), Buffer.alloc(6), Buffer.from([1, 2, 3])])
    expect(parsePexAdded(message({ added }))).toEqual(['1.0.0.0:6881', '1.0.0.1:6881'])
  })

  it.each([
    ['no bencode', Buffer.from('x')],
    ['a list', Buffer.from('le')],
    ['more than 64 KiB', message({ added: compact(11_000) })],
    ['a lie about its length', Buffer.from('d5:added9999999:e')],
  ])('is none where it is %s', (_, bytes) => {
    expect(parsePexAdded(bytes)).toBeNull()
  })

  it.each(['i5e', 'le', 'de', '0:'])('has no peers where `added` is %s', (value) => {
    expect(parsePexAdded(Buffer.from(`d5:added${value}e`))).toEqual([])
  })
})
