import { describe, expect, test } from 'vitest'
import { namesOfMachine, namesUs } from '../../../src/http/access/host-names.ts'
import { hostNameOf } from '../../../src/http/messages/host-header.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

const OWN = new Set(namesOfMachine('Den.home.example'))

test.each([
  ['127.0.0.1', true],
  ['127.0.0.1:3030', true],
  ['192.168.1.5:80', true],
  ['203.0.113.9', true],
  ['[::1]', true],
  ['[fe80::1%25eth0]:3030', true],
  ['localhost', true],
  ['LOCALHOST:3030', true],
  ['localhost.', true],
  ['den', true],
  ['DEN:3030', true],
  ['den.local', true],
  ['den.home.example', true],
  ['evil.example', false],
  ['evil.example:3030', false],
  ['den.evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['127.0.0.1@evil.example', false],
  ['evil.example:127.0.0.1', false],
  ['127.1', false],
  ['', false],
  [':3030', false],
])('Host: %s', (host, expected) => {
  expect(namesUs(host, OWN)).toBe(expected)
})

test.each([
  ['Example.org:80', 'example.org'],
  ['[2001:db8::1]:80', '2001:db8::1'],
  ['a b', null],
  ['a/b', null],
])('the name in %s is %s', (authority, name) => {
  expect(hostNameOf(authority)).toBe(name)
})

describe('a foreign name', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/torrents'],
    ['GET', '/torrents/0/stream/0'],
    ['GET', '/torrents/playlist'],
    ['POST', '/torrents/0/delete'],
    ['GET', '/web/'],
    ['GET', '/rootDesc.xml'],
  ])('gets nothing from %s %s', async (method, path) => {
    const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 5 }])
    const session = new FakeSession(torrent)
    const port = await startHttpServer({ session })
    const answer = await send(port, method, path, { Host: 'evil.example' })
    expect(answer.status).toBe(400)
    expect(jsonOf(answer)).toMatchObject({ status_text: '400 Bad Request' })
    expect([torrent.streams, session.removed]).toEqual([[], []])
  })
})

describe('a foreign name is refused', () => {
  test.each([
    [{ 'X-Forwarded-For': '192.168.1.7' }],
    [{ 'X-Forwarded-Host': '127.0.0.1:3030' }],
    [{ 'X-Forwarded-Proto': 'https' }],
    [{ Forwarded: 'for=192.168.1.7;host=127.0.0.1' }],
    [{ Via: '1.1 proxy' }],
  ])('whatever else is said: %o', async (headers) => {
    const session = new FakeSession(new FakeTorrent(0, 'x', []))
    for (const trustProxy of [false, true]) {
      const port = await startHttpServer({ session, trustProxy })
      const fields = { Host: 'tv.example', ...headers }
      expect((await send(port, 'GET', '/torrents', fields)).status).toBe(400)
      expect((await send(port, 'POST', '/torrents/0/delete', fields)).status).toBe(400)
    }
  })
})

describe('a request target with a name', () => {
  test.each([
    ['http://evil.example/torrents', 400],
    ['HTTP://evil.example:3030/torrents/0/stream/0', 400],
    ['http://evil.example@127.0.0.1/torrents', 400],
    ['ftp://evil.example/torrents', 400],
    ['http://127.0.0.1:3030/torrents', 200],
    ['http://den.local/torrents', 200],
    ['http://127.0.0.1/torrents/0/stream/0', 200],
  ])('%s is answered %i', async (target, status) => {
    const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 5 }])
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    expect((await send(port, 'GET', target)).status).toBe(status)
  })
})

describe('the Host header', () => {
  test.each([
    ['HTTP/1.1', [], 400],
    ['HTTP/1.0', [], 200],
    ['HTTP/1.0', ['Host: evil.example'], 400],
    ['HTTP/1.1', ['Host:'], 400],
    ['HTTP/1.1', ['Host: 127.0.0.1', 'Host: evil.example'], 400],
    ['HTTP/1.1', ['Host: evil.example', 'Host: 127.0.0.1'], 400],
    ['HTTP/1.1', ['HOST: 127.0.0.1:3030'], 200],
    ['HTTP/1.1', ['Host: user@127.0.0.1'], 400],
    ['HTTP/1.1', ['Host: 127.0.0.1, evil.example'], 400],
  ])('of %s as %j is answered %i', async (version, lines, status) => {
    const port = await startHttpServer({ session: new FakeSession() })
    const client = new RawClient(port)
    client.write(`GET /torrents ${version}`, ...lines, 'Connection: close', '', '')
    expect((await client.answer()).status).toBe(status)
  })
})
