import { describe, expect, it } from 'vitest'
import { fileUrl, plainUrl } from '../../../src/torrents/web-seeds/web-seed-url.ts'

const FILE = { components: ['a b', 'c#d?.mp4'] }
const FOLDER = { name: 'My Film', isFolder: true }
const SINGLE = { name: 'a?b.mp4', isFolder: false }

describe('fileUrl()', () => {
  it.each([
    ['http://h/x', FOLDER, 'http://h/x/My%20Film/a%20b/c%23d%3F.mp4'],
    ['http://h/x/', FOLDER, 'http://h/x/My%20Film/a%20b/c%23d%3F.mp4'],
    ['http://h', FOLDER, 'http://h/My%20Film/a%20b/c%23d%3F.mp4'],
    ['http://h/x/', SINGLE, 'http://h/x/a%3Fb.mp4'],
    ['http://h/some%20file?id=7', SINGLE, 'http://h/some%20file?id=7'],
  ])('of %s', (seed, torrent, url) => expect(fileUrl(seed, torrent, FILE).href).toBe(url))
})

describe('plainUrl()', () => {
  it('names neither password nor query', () => {
    expect(plainUrl('https://me:secret@h:8443/x/?token=1')).toBe('https://h:8443/x/')
  })
})
