import { describe, expect, it } from 'vitest'
import { bannerText } from '../../src/cli/banner.ts'

const FACTS = {
  name: 'Den',
  urls: ['http://192.0.2.5:3030', 'http://198.51.100.5:3030'],
  localUrl: 'http://localhost:3030',
  peerPort: 4240,
  folder: '/films',
  isDemo: false,
  warnings: ['no network'],
}

describe('bannerText()', () => {
  it('tells a person what they need to go on', () => {
    const lines = bannerText(FACTS)
      .split('\n')
      .map((line) => line.trim())
    expect(lines).toContain('Den')
    expect(lines).toContain('Address    http://192.0.2.5:3030')
    expect(lines).toContain('http://198.51.100.5:3030')
    expect(lines).toContain('Peer port  4240')
    expect(lines).toContain('Folder     /films')
    expect(lines).toContain('Warning    no network')
    expect(lines).toContain("curl --data-binary 'magnet:?xt=...' http://localhost:3030/torrents")
  })

  it('shows the local address where there is no other', () => {
    expect(bannerText({ ...FACTS, urls: [] })).toContain('Address    http://localhost:3030')
  })

  it('shows names that would steer the terminal', () => {
    const steering = { name: '\u001b]0;x\u0007Den', folder: '/a\u009b2J', warnings: ['\u202eb'] }
    for (const isDemo of [true, false]) {
      const text = bannerText({ ...FACTS, ...steering, isDemo })
      expect(text).toContain('\\u001b]0;x\\u0007Den')
      expect(text.match(/\p{C}/gu)?.filter((character) => character !== '\n')).toEqual([])
    }
  })

  it('tells a demo from a library', () => {
    expect(bannerText({ ...FACTS, isDemo: true })).toContain('Three clips')
  })
})
