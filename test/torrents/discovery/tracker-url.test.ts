import { describe, expect, it } from 'vitest'
import { parseTrackerUrl } from '../../../src/torrents/discovery/tracker-url.ts'
import { withoutLogin } from '../../../src/without-login.ts'

describe('parseTrackerUrl()', () => {
  it.each([
    ['http://tracker.example/announce', 'http://tracker.example/announce'],
    [
      'https://tracker.example:8443/x/announce?key=1#part',
      'https://tracker.example:8443/x/announce?key=1',
    ],
    ['HTTP://Tracker.Example:6666/announce', 'http://tracker.example:6666/announce'],
    [' http://tracker.example/announce\n', 'http://tracker.example/announce'],
    ['http://user:pass@tracker.example/announce', 'http://tracker.example/announce'],
  ])('reads %j', (text, label) => {
    expect(parseTrackerUrl(text)).toMatchObject({ kind: 'http', label })
  })

  it.each([
    ['udp://tracker.example:80', { host: 'tracker.example', port: 80, urlData: '' }],
    ['udp://tracker.example:80/', { host: 'tracker.example', port: 80, urlData: '' }],
    [
      'UDP://Tracker.Example:443/announce',
      { host: 'tracker.example', port: 443, urlData: '/announce' },
    ],
    ['udp://192.0.2.1:65535/a?b=c', { host: '192.0.2.1', port: 65_535, urlData: '/a?b=c' }],
    ['udp://[2001:db8::1]:1/announce', { host: '2001:db8::1', port: 1, urlData: '/announce' }],
    ['udp://2130706433:6969', { host: '127.0.0.1', port: 6969, urlData: '' }],
  ])('reads %j', (text, place) => {
    expect(parseTrackerUrl(text)).toMatchObject({ kind: 'udp', ...place })
  })

  it.each([
    ...['udp://host:0', 'udp://host', 'udp://host/announce', 'udp://:80', 'udp://host:65536'],
    ...[
      'udp://host:-1',
      'udp://',
      'udp:host:80',
      'http:\u00e1\u0084\u0080//host/announce',
      'udp://h\u1100st:80x',
      'http://host:0/announce',
      'http://host:65536/',
    ],
    ...['http://', 'http:///', 'wss://host/announce', 'ws://host', 'ftp://host/announce'],
    ...['file:///etc/passwd', 'javascript:alert(1)', 'data:,x', 'gopher://host:70/', 'dht://host'],
    ...['', 'host:80', '//host/announce', 'http://a b/announce', 'http://[::1/announce'],
    ...[`http://host/${'x'.repeat(2_048)}`, `udp://host:80/${'x'.repeat(1_024)}`],
    ...[`http://host/${'\u{1f3ac}'.repeat(600)}`, 'udp://%zz:80', `udp://${'a'.repeat(300)}:80`],
  ])('has no use for %.60j', (text) => {
    expect(parseTrackerUrl(text)).toMatchObject({ kind: 'unusable' })
  })

  it('says no password, whatever is wrong with the URL', () => {
    for (const scheme of ['http', 'udp', 'wss', 'http://a b/', 'ftp']) {
      const { label } = parseTrackerUrl(`${scheme}://user:secret@host:0/${'x'.repeat(3_000)}`)
      expect(label).not.toContain('secret')
    }
    expect(parseTrackerUrl('udp://user:secret@host:0').label).toBe('udp://host:0')
  })
})

describe('withoutLogin()', () => {
  it.each([
    ['http://user:pass@host/a', 'http://host/a'],
    ['see http://u@h/ and https://u:p:q@@h', 'see http://h/ and https://h'],
    ['http://host/a@b', 'http://host/a@b'],
    ['user@example.com', 'user@example.com'],
    ['magnet:?tr=http%3A%2F%2Fu%3Ap%40host%2Fa&dn=x', 'magnet:?tr=http%3A%2F%2Fhost%2Fa&dn=x'],
    ['http://user:pa/ss@host', 'http://host'],
    ['http://host:8080/a@b', 'http://host:8080/a@b'],
  ])('of %j is %j', (text, shown) => {
    expect(withoutLogin(text)).toBe(shown)
  })
})
