import type { IncomingMessage, RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Announce } from '../../../src/torrents/discovery/announce.ts'
import { announceUrl, askHttpTracker } from '../../../src/torrents/discovery/http-tracker.ts'
import type { TrackerAnswer } from '../../../src/torrents/discovery/tracker-answer.ts'
import { HttpClient } from '../../../src/torrents/http-client/http-client.ts'
import { NameLookup } from '../../../src/torrents/http-client/name-lookup.ts'
import { serve } from '../../helpers/web-server.ts'

const ANSWER = 'd8:intervali1800e5:peers6:\x7f\0\0\x01\x1a\xe1e'
const announce: Announce = {
  infoHash: Buffer.from('00112233445566778899aabbccddeeff20417e2f', 'hex'),
  peerId: Buffer.from('-TR0001-abcdefghijkl'),
  ...{ port: 4240, event: 'started', uploadedBytes: 1, downloadedBytes: 2, leftBytes: 3 },
  ...{ numWant: 200, key: 0xabc, trackerId: null },
}

function ask(url: string, client = new HttpClient(new NameLookup())): Promise<TrackerAnswer> {
  const { signal } = new AbortController()
  return askHttpTracker(client, new URL(url), announce, { signal, timeoutMs: 5_000 })
}

/** A tracker that answers everything, and what it was asked. */
async function tracker(
  handle: RequestListener = (_, response) => response.end(Buffer.from(ANSWER, 'latin1')),
): Promise<{ url: string; port: number; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const { url, port } = await serve((request, response) => {
    asked.push(request)
    handle(request, response)
  })
  return { url, port, asked }
}

describe('an announce by HTTP', () => {
  it('says what BEP 3, 7 and 23 want, bytes percent-encoded', () => {
    const url = announceUrl(new URL('http://tracker.example/announce'), announce)
    expect(url.href).toBe(
      'http://tracker.example/announce?info_hash=%00%11%223DUfw%88%99%AA%BB%CC%DD%EE%FF%20A~%2F' +
        '&peer_id=-TR0001-abcdefghijkl&port=4240&uploaded=1&downloaded=2&left=3&key=00000ABC' +
        '&event=started&numwant=200&compact=1&no_peer_id=1',
    )
  })

  it('keeps the query of the tracker, and sends its id back', () => {
    const url = announceUrl(new URL('http://tracker.example/announce.php?passkey=a%20b&x='), {
      ...{ ...announce, event: null, trackerId: Uint8Array.of(0x41, 0, 0xff) },
    })
    expect(url.search).toMatch(/^\?passkey=a%20b&x=&info_hash=.*&no_peer_id=1&trackerid=A%00%FF$/)
    expect(url.search).not.toContain('event')
  })

  it('arrives as it was written', async () => {
    const { url, asked } = await tracker()
    expect(await ask(`${url}/announce`)).toMatchObject({
      ...{ kind: 'peers', peers: ['127.0.0.1:6881'], intervalSeconds: 1_800 },
    })
    const expected = announceUrl(new URL(`${url}/announce`), announce)
    expect(asked[0]?.url).toBe(expected.pathname + expected.search)
  })

  it('takes the reason from an answer that is none by its status', async () => {
    const { url } = await tracker((_, response) => {
      response.writeHead(403).end('d14:failure reason12:unregisterede')
    })
    expect(await ask(`${url}/announce`)).toMatchObject({ kind: 'failure', reason: 'unregistered' })
  })

  it.each([404, 500, 204])('fails in words with %d', async (status) => {
    const { url } = await tracker((_, response) => response.writeHead(status).end())
    await expect(ask(`${url}/announce`)).rejects.toThrow(`it answered ${status}`)
  })

  it('fails where it is sent out of HTTP', async () => {
    const { url } = await tracker((_, response) =>
      response.writeHead(302, { Location: 'udp://127.0.0.1:1/announce' }).end(),
    )
    await expect(ask(`${url}/announce`)).rejects.toThrow('no tracker')
  })
})

describe('a tracker in a private network', () => {
  it.each(['/announce', '/announce/0123passkey', '/announce.php', '/announce/'])(
    'is asked under %s',
    async (path) => {
      const { url } = await tracker()
      expect(await ask(url + path)).toMatchObject({ kind: 'peers' })
    },
  )

  it.each([
    ...['/', '/router.cgi', '/router.cgi?reboot=1', '/announce?reboot=1', '/announce.cgi?a'],
    ...['/x/announce', '/announce/../router.cgi', '/announce/%2e%2e/router.cgi', '//announce'],
    ...['/announce%2f..%2frouter.cgi', '/announce;x', '/Announce', '/%61nnounce', '/announce%5c..'],
    ...['/router.cgi#/announce', '/scrape'],
  ])('is not asked under %s', async (path) => {
    const { url, port, asked } = await tracker()
    await expect(ask(url + path)).rejects.toThrow('private network')
    // By a name it is the same.
    const names = new NameLookup(async () => [{ address: '::ffff:127.0.0.1', family: 6 }])
    const named = ask(`http://tracker.example:${port}${path}`, new HttpClient(names))
    await expect(named).rejects.toThrow('private network')
    expect(asked).toHaveLength(0)
  })

  it('is not asked by a redirect either, but for an announce', async () => {
    const inside = await tracker()
    const { url } = await tracker((request, response) => {
      const { searchParams, search } = new URL(request.url ?? '', 'http://x')
      const query = searchParams.get('port') === '4240' ? search : ''
      const [, path = ''] = /^\/announce\/to(.*?)\?/.exec(request.url ?? '') ?? []
      const extra = path === '/announce/extra' ? `${query}&reboot=1` : query
      response.writeHead(302, { Location: `${inside.url}${path}${extra}` }).end()
    })
    await expect(ask(`${url}/announce/to/router.cgi`)).rejects.toThrow('private network')
    await expect(ask(`${url}/announce/to/announce/extra`)).rejects.toThrow('private network')
    expect(inside.asked).toHaveLength(0)
    expect(await ask(`${url}/announce/to/announce/0`)).toMatchObject({ kind: 'peers' })
  })
})
