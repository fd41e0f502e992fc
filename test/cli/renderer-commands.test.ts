import { describe, expect, it, onTestFinished } from 'vitest'
import { play, renderers } from '../../src/cli/renderer-commands.ts'
import { ControlledHome } from '../helpers/controlled-home.ts'
import { FakeRenderer } from '../helpers/fake-renderer.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { startHttpServer } from '../helpers/http-client.ts'

async function home() {
  const show = new FakeTorrent(1, 'Show', [
    { path: 'Show.S01E01.mkv', length: 1_000 },
    { path: 'Show.S01E02.mkv', length: 1_000 },
    { path: 'Show.S01E01.en.srt', length: 10 },
  ])
  const film = new FakeTorrent(2, 'Film', [
    { path: 'trailer.mkv', length: 100 },
    { path: 'Film.mkv', length: 1_000 },
  ])
  const home = new ControlledHome({ torrents: [show, film] })
  const room = await home.plugIn(new FakeRenderer(home.clock))
  const kitchen = new FakeRenderer(home.clock, { friendlyName: 'Kitchen' }, '192.168.1.30')
  await home.plugIn(kitchen)
  const port = await startHttpServer({
    session: new FakeSession(show, film),
    subtitles: home.subtitles,
    controlPoint: home.controlPoint,
  })
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  void (async () => {
    while (!isOver) await home.clock.advance(100)
  })()
  const target = { url: new URL(`http://127.0.0.1:${port}`), config: { dir: null, auth: null } }
  let text = ''
  const output = { write: (more: string) => (text += more) }
  const command = { kind: 'play', target, file: null, on: null, from: 0, isNext: false } as const
  const played = async (options: Partial<Parameters<typeof play>[0]>): Promise<string> => {
    text = ''
    await play({ ...command, torrent: 'Show', ...options }, output)
    return text
  }
  const shown = async (asJson = false): Promise<string> => {
    text = ''
    await renderers({ kind: 'renderers', target, asJson, isSearch: false }, output)
    return text
  }
  return { room, kitchen, played, shown }
}

describe('tributary play', () => {
  it('plays the file on the TV that are named in part', async () => {
    const { kitchen, played } = await home()
    expect(await played({ file: 'e02', on: 'kit' })).toBe('playing on Kitchen: Show.S01E02.mkv\n')
    expect(kitchen.uri).toMatch(/\/1\.mkv$/)
  })

  it('takes the film of a torrent that has one', async () => {
    const { room, played } = await home()
    const said = await played({ torrent: '2', on: '192.168.1.20' })
    expect(said).toBe('playing on Living room: Film.mkv\n')
    expect(room.uri).toMatch(/\/1\.mkv$/)
    expect(await played({ torrent: 'Show', file: '0', on: 'Living room', isNext: true })).toBe(
      'next on Living room: Show.S01E01.mkv\n',
    )
  })

  it('asks which where there are several', async () => {
    const { played } = await home()
    await expect(played({ on: 'Kitchen' })).rejects.toThrow(
      'which file?\n  0  Show.S01E01.mkv\n  1  Show.S01E02.mkv',
    )
    await expect(played({ file: '0' })).rejects.toThrow(
      'which TV? (--on)\n  Kitchen (192.168.1.30)\n  Living room (192.168.1.20)',
    )
    await expect(played({ file: 'mkv', on: 'Kitchen' })).rejects.toThrow('no one file is "mkv":')
    await expect(played({ torrent: '9', on: 'Kitchen' })).rejects.toThrow('has no torrent 9')
  })
})

describe('tributary renderers', () => {
  it('shows who there is and what plays', async () => {
    const { played, shown } = await home()
    await played({ torrent: '2', on: 'Kitchen' })
    const [head, kitchen, room] = (await shown()).split('\n')
    expect(head).toBe('NAME         ADDRESS       STATE    PLAYS')
    expect(kitchen).toMatch(/^Kitchen {6}192\.168\.1\.30 {2}\w+ +Film\.mkv( [\d:/]+)?$/)
    expect(room).toBe('Living room  192.168.1.20  stopped  -')
    expect(JSON.parse(await shown(true)).renderers).toHaveLength(2)
  })
})
