import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createLogger } from '../../../src/json-log.ts'
import type { SsdpSocket } from '../../../src/upnp/discovery/ssdp-socket.ts'
import { watchedSocket } from '../../../src/upnp/discovery/watched-socket.ts'
import { Anonymizer } from '../../../src/upnp/traffic/anonymizer.ts'
import { type Exchange, Traffic } from '../../../src/upnp/traffic/traffic.ts'

const BROWSE: Exchange = {
  part: 'soap',
  direction: 'received',
  address: '192.168.1.20',
  request: {
    startLine: 'POST /upnp/control/content-directory HTTP/1.1',
    headers: [
      ['HOST', '192.168.1.2:3030'],
      ['User-Agent', 'UPnP/1.0 DLNADOC/1.50 Platinum/1.0.5.13'],
      ['Authorization', 'Basic cGFzc3dvcmQ='],
    ],
    body: '<Browse/>',
  },
  answer: { startLine: 'HTTP/1.1 200 OK', headers: [['EXT', '']], body: 'x'.repeat(10_000) },
}

function start(isDebugging = false) {
  const lines: Record<string, unknown>[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { lines, traffic: new Traffic({ log: createLogger('debug', destination), isDebugging }) }
}

describe('traffic', () => {
  test('is silent until it is watched, and logged by the name of its part then', () => {
    const { traffic, lines } = start()
    expect(traffic.isWatched('soap')).toBe(false)
    traffic.note(BROWSE)
    expect(lines).toEqual([])
    traffic.watch({ parts: { soap: true } })
    expect(traffic.isWatched('soap')).toBe(true)
    expect(traffic.isWatched('media')).toBe(false)
    traffic.note(BROWSE)
    expect(lines).toMatchObject([
      {
        level: 20,
        name: 'soap.traffic',
        msg: 'POST /upnp/control/content-directory HTTP/1.1',
        direction: 'received',
        address: '192.0.2.1',
        request: {
          headers: {
            HOST: '192.0.2.2:3030',
            'User-Agent': 'UPnP/1.0 DLNADOC/1.50 Platinum/1.0.5.13',
            Authorization: '(secret)',
          },
          body: '<Browse/>',
        },
        answer: { startLine: 'HTTP/1.1 200 OK', body: 'x'.repeat(4_096) },
      },
    ])
    traffic.watch({ parts: { soap: null } })
    traffic.note(BROWSE)
    expect(lines).toHaveLength(1)
  })

  test('follows the level of the log unless it is told otherwise', () => {
    const { traffic, lines } = start(true)
    expect(traffic.isWatched('soap')).toBe(true)
    traffic.watch({ parts: { soap: false } })
    traffic.note(BROWSE)
    expect(lines).toEqual([])
  })

  test('shows addresses if it is told to', () => {
    const { traffic, lines } = start(true)
    traffic.watch({ addresses: true })
    traffic.note(BROWSE)
    expect(lines).toMatchObject([
      { address: '192.168.1.20', request: { headers: { HOST: '192.168.1.2:3030' } } },
    ])
  })

  test('is heard by a listener, never with an address', () => {
    const { traffic, lines } = start()
    const heard: Exchange[] = []
    traffic.listen((exchange) => heard.push(exchange))
    traffic.watch({ addresses: true })
    traffic.note(BROWSE)
    traffic.listen(null)
    traffic.note(BROWSE)
    expect(heard.map(({ address }) => address)).toEqual(['192.0.2.1'])
    expect(lines).toEqual([])
  })
})

test('datagrams are watched both ways', async () => {
  const { traffic, lines } = start()
  const bare = Object.assign(new EventEmitter(), { sent: 0, send: () => bare.sent++ })
  const socket = watchedSocket(bare as unknown as SsdpSocket, traffic)
  const search = Buffer.from('M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\nbroken\r\n\r\n')
  const answer = Buffer.from('--HTTP/1.1 200 OK\r\nLOCATION: http://10.0.0.2:1/\r\n\r\n')
  const exchange = () => {
    bare.emit('message', search, { address: '10.0.0.9' })
    socket.send(answer, 2, answer.length - 2, 1900, '10.0.0.9', () => {})
  }
  exchange()
  expect(lines).toEqual([])
  traffic.watch({ parts: { ssdp: true } })
  exchange()
  expect(bare.sent).toBe(2)
  expect(lines).toMatchObject([
    {
      name: 'ssdp.traffic',
      direction: 'received',
      request: { startLine: 'M-SEARCH * HTTP/1.1', headers: { ST: 'ssdp:all' } },
    },
    {
      direction: 'sent',
      address: '192.0.2.1',
      request: { startLine: 'HTTP/1.1 200 OK', headers: { LOCATION: 'http://192.0.2.2:1/' } },
    },
  ])
})

describe('in place of real ones', () => {
  test.each([
    ['http://192.168.1.2:3030/m', 'http://192.0.2.1:3030/m'],
    ['<http://10.0.0.7/><http://10.0.0.8/>', '<http://192.0.2.1/><http://192.0.2.2/>'],
    ['10.0.0.7 10.0.0.7', '192.0.2.1 192.0.2.1'],
    ['Chrome/94.0.4606.128 Safari/537.36', 'Chrome/94.0.4606.128 Safari/537.36'],
    ['LGE_DLNA_SDK/1.6.0/04.30.13', 'LGE_DLNA_SDK/1.6.0/04.30.13'],
    ['http://[fe80::1%25eth0]:80/', 'http://[2001:db8::1]:80/'],
    ['pa="aa:bb:cc:dd:ee:ff"', 'pa="00:00:5e:00:53:01"'],
    ['uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'uuid:00000000-0000-0000-0000-000000000001'],
  ])('%s is %s', (real, anonymous) => {
    expect(new Anonymizer().text(real)).toBe(anonymous)
  })

  test('there are not more than 251 of them', () => {
    const anonymizer = new Anonymizer()
    for (let i = 0; i < 1_000; i++) anonymizer.text(`10.0.${i >> 8}.${i & 255}`)
    expect(anonymizer.text('10.9.9.9')).toBe('192.0.2.251')
    expect(anonymizer.text('10.0.0.0')).toBe('192.0.2.1')
  })
})
