import { describe, expect, it } from 'vitest'
import { ControlledHome } from '../../helpers/controlled-home.ts'
import { FakeRenderer, type Quirks } from '../../helpers/fake-renderer.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }

async function serve(quirks: Quirks = {}) {
  const torrent = new FakeTorrent(1, 'Show', [
    { path: 'Show.S01E01.mkv', length: 1_000 },
    { path: 'Show.S01E02.mkv', length: 1_000 },
    { path: 'Show.S01E01.de.srt', length: 100 },
    { path: 'Show.S01E01.en.srt', length: 100 },
  ])
  const home = new ControlledHome({ torrents: [torrent] })
  const renderer = await home.plugIn(new FakeRenderer(home.clock, quirks, '192.168.1.20'))
  const port = await startHttpServer({
    session: new FakeSession(torrent),
    subtitles: home.subtitles,
    controlPoint: home.controlPoint,
  })
  const path = (command: string) => `/renderers/${encodeURIComponent(renderer.udn)}/${command}`
  /** Time passes until it is answered. */
  const post = async (command: string, body: unknown = {}) => {
    let isAnswered = false
    const answer = send(
      port,
      'POST',
      command.startsWith('/') ? command : path(command),
      JSON_TYPE,
      JSON.stringify(body),
    ).finally(() => {
      isAnswered = true
    })
    while (!isAnswered) await home.clock.advance(100)
    return await answer
  }
  return { home, renderer, torrent, port, path, post }
}

const withoutProblem = { status: 200 }

describe('the routes of renderers', () => {
  it('tell of each all that the page shows', async () => {
    const { renderer, torrent, port, post } = await serve()
    expect(await post('play', { torrent: torrent.infoHash, file: 0 })).toMatchObject(withoutProblem)
    const { renderers } = jsonOf(await send(port, 'GET', '/renderers')) as { renderers: unknown[] }
    expect(renderers).toEqual([
      {
        ...{ id: renderer.udn, name: 'Living room', model: 'Model', manufacturer: 'Maker' },
        address: '192.168.1.20',
        icon: `/renderers/${encodeURIComponent(renderer.udn)}/icon`,
        last_seen: expect.any(Number),
        problem: null,
        problem_code: null,
        playback: {
          ...{ state: expect.any(String), info_hash: torrent.infoHash, file_idx: 0 },
          ...{ title: 'Show.S01E01.mkv', duration_s: 60, position_s: null },
          ...{ volume: 20, muted: false, next: null },
        },
      },
    ])
  })

  it('have it play, by id and by info hash, with the subtitle that was chosen', async () => {
    const { renderer, torrent, post } = await serve()
    expect(await post('play', { torrent: 1, file: 0, position: 12.5, subtitle: 1 })).toMatchObject(
      withoutProblem,
    )
    expect(renderer.metadata.match(/subtitles\/(\d)\//g)).toEqual(
      Array.from({ length: 4 }, () => expect.stringMatching(/^subtitles\/[23]\/$/)),
    )
    expect(new Set(renderer.metadata.match(/subtitles\/(\d)\//g)).size).toBe(1)
    await post('play', { torrent: torrent.infoHash, file: 0, subtitle: null })
    expect(renderer.metadata).not.toContain('/subtitles/')
  })

  it('have all the keys of a remote control', async () => {
    const { home, renderer, torrent, post } = await serve()
    const answers = [
      await post('play', { torrent: torrent.infoHash, file: 0 }),
      await post('pause'),
      await post('resume'),
      await post('seek', { position: 30 }),
      await post('volume', { volume: 40 }),
      await post('mute', { muted: true }),
      await post('next', { torrent: 1, file: 1 }),
      await post('stop'),
      await post('/renderers/search'),
    ]
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(answers.map((answer) => jsonOf(answer))).toEqual(answers.map(() => ({})))
    const told = ['Play', 'Pause', 'Play', 'Seek', 'SetVolume', 'SetMute', 'Stop']
    expect(renderer.told.filter((name) => !name.includes('URI'))).toEqual(told)
    expect(home.status.playback.playing).toBeNull()
  })

  it.each([
    ['play', { torrent: 1 }, 422, 'file: expected the number of a file'],
    ['play', { torrent: 7, file: 0 }, 404, 'torrent not found 7'],
    ['play', { torrent: 1, file: 9 }, 404, 'torrent 1 has no file 9'],
    ['play', { torrent: 1, file: 0, subtitle: 9 }, 404, 'has no subtitle 9'],
    ['play', { torrent: 1, file: 2 }, 404, 'is nothing to be played'],
    ['seek', { position: -1 }, 422, 'position: '],
    ['volume', { volume: 101 }, 422, 'volume: '],
    ['mute', { muted: 'yes' }, 422, 'muted: expected true or false'],
    ['next', { torrent: 1, file: 1 }, 502, 'Living room plays nothing that something could'],
  ])('refuse %s %j', async (command, body, status, message) => {
    const { post } = await serve()
    const answer = await post(command, body)
    expect(answer.status).toBe(status)
    expect(jsonOf(answer)).toMatchObject({ human_readable: expect.stringContaining(message) })
  })

  it('say what a renderer does wrong', async () => {
    const { post } = await serve({ answers: { Stop: () => 'gone', SetVolume: () => 'hang' } })
    const stop = await post('stop')
    expect([stop.status, jsonOf(stop)]).toMatchObject([
      502,
      { human_readable: 'Living room cannot be reached (ECONNRESET)' },
    ])
    expect((await post('volume', { volume: 1 })).status).toBe(504)
    const other = await post('/renderers/uuid%3Aother/pause')
    expect([other.status, jsonOf(other)]).toMatchObject([
      404,
      { human_readable: 'there is no renderer "uuid:other"' },
    ])
  })

  it('are for the owner alone where they change something', async () => {
    const { port, path } = await serve()
    const headers = { ...JSON_TYPE, Origin: 'http://evil.example' }
    expect((await send(port, 'POST', path('stop'), headers, '{}')).status).toBe(403)
  })

  it('give out the icon, and nothing else that calls itself one', async () => {
    const { port, path } = await serve()
    const answer = await send(port, 'GET', path('icon'))
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
    })
  })

  it('take events of renderers, and of nobody else', async () => {
    const { port } = await serve()
    const answer = await send(port, 'NOTIFY', `/upnp/renderer-events/${'0'.repeat(32)}`, {}, '<e/>')
    expect(answer.status).toBe(412)
  })

  it('know no renderers without DLNA', async () => {
    const port = await startHttpServer({ session: new FakeSession() })
    expect(jsonOf(await send(port, 'GET', '/renderers'))).toEqual({ renderers: [] })
    const search = await send(port, 'POST', '/renderers/search')
    expect([search.status, jsonOf(search)]).toMatchObject([
      404,
      { human_readable: expect.stringContaining('without DLNA') },
    ])
  })
})
