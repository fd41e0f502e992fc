import { describe, expect, it } from 'vitest'
import { ControlledHome } from '../helpers/controlled-home.ts'
import { FakeRenderer, type Quirks } from '../helpers/fake-renderer.ts'

async function homeWith(quirks: Quirks = {}) {
  const home = new ControlledHome()
  const renderer = await home.plugIn(new FakeRenderer(home.clock, quirks))
  return { home, renderer, controlPoint: home.controlPoint, clock: home.clock }
}

describe('finding renderers', () => {
  it('takes one that advertises itself, with what it says of itself', async () => {
    const { home, renderer } = await homeWith({ friendlyName: 'Küche & Bad' })
    expect(home.status).toMatchObject({
      ...{ id: renderer.udn, name: 'Küche & Bad', model: 'Model', manufacturer: 'Maker' },
      ...{ address: '192.168.1.20', hasIcon: true, problem: null },
      playback: { state: 'stopped', playing: null, volume: 20, muted: false },
    })
  })

  it('searches on each link, twice, and again when asked', async () => {
    const home = new ControlledHome()
    home.controlPoint.start()
    await home.clock.advance(1_000)
    const targets = home.network.sent.map(({ by, to, text }) => [
      by,
      to,
      /^ST: (.*?)\r?$/m.exec(text)?.[1],
    ])
    const renderer = ['eth0', '239.255.255.250:1900', 'urn:schemas-upnp-org:device:MediaRenderer:1']
    const transport = ['eth0', '239.255.255.250:1900', 'urn:schemas-upnp-org:service:AVTransport:1']
    expect(targets).toEqual([renderer, transport, renderer, transport])
    await home.wait(home.controlPoint.search())
    expect(home.network.sent).toHaveLength(8)
  })

  it('takes the answer to a search', async () => {
    const home = new ControlledHome()
    const renderer = new FakeRenderer(home.clock)
    home.renderers.push(renderer)
    home.controlPoint.start()
    await home.clock.advance(1_000)
    const answer =
      'HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\n' +
      `LOCATION: ${renderer.location}\r\nST: urn:schemas-upnp-org:device:MediaRenderer:2\r\n` +
      `USN: ${renderer.udn}::urn:schemas-upnp-org:device:MediaRenderer:2\r\n\r\n`
    home.network.sockets[0]?.emit('message', Buffer.from(answer), { address: '192.168.1.20' })
    await home.clock.advance(1_000)
    expect(home.status.name).toBe('Living room')
  })

  it.each([
    ['another address', 'http://192.168.1.1:49152/desc.xml', '192.168.1.20'],
    ['a name', 'http://renderer.lan/desc.xml', '192.168.1.20'],
    ['another scheme', 'https://192.168.1.20/desc.xml', '192.168.1.20'],
    ['a login in the URL', 'http://a:b@192.168.1.20/desc.xml', '192.168.1.20'],
    ['the internet', 'http://203.0.113.7/desc.xml', '203.0.113.7'],
  ])('fetches nothing from %s', async (_, location, from) => {
    const home = new ControlledHome()
    const renderer = new FakeRenderer(home.clock, {}, from)
    home.renderers.push(renderer)
    const text = renderer.datagram().toString().replace(renderer.location, location)
    home.controlPoint.hear(Buffer.from(text), from)
    await home.clock.advance(1_000)
    expect(renderer.requests).toEqual([])
    expect(home.controlPoint.renderers).toEqual([])
  })

  it('forgets one that says byebye, and nobody else can say it', async () => {
    const { home, renderer, controlPoint } = await homeWith()
    controlPoint.hear(renderer.datagram('ssdp:byebye'), '192.168.1.66')
    expect(controlPoint.renderers).toHaveLength(1)
    controlPoint.hear(renderer.datagram('ssdp:byebye'), renderer.address)
    expect(controlPoint.renderers).toEqual([])
    await expect(home.wait(controlPoint.pause(renderer.udn))).rejects.toThrow(
      'there is no renderer',
    )
  })

  it('says when one does not answer any more, and forgets it after its max-age', async () => {
    const { home, renderer, controlPoint, clock } = await homeWith()
    renderer.isGone = true
    await clock.advance(20_000)
    expect(home.status).toMatchObject({
      problem: { kind: 'unreachable', text: 'Living room cannot be reached (ECONNREFUSED)' },
      playback: { state: 'unknown', volume: null },
    })
    renderer.isGone = false
    await clock.advance(40_000)
    expect(home.status.problem).toBeNull()
    renderer.isGone = true
    await clock.advance(1_860_000)
    expect(controlPoint.renderers).toEqual([])
  })

  it('does not keep more than it can look after', async () => {
    const home = new ControlledHome()
    for (let host = 1; host <= 100; host++) {
      await home.plugIn(new FakeRenderer(home.clock, {}, `192.168.1.${100 + host}`))
    }
    expect(home.controlPoint.renderers).toHaveLength(64)
  })
})

describe('playing', () => {
  it('hands over the short URL with full DIDL-Lite, in the spelling of the sink', async () => {
    const { home, renderer } = await homeWith({ sink: 'http-get:*:video/x-mkv:*' })
    await home.play(renderer)
    expect(renderer.told).toEqual(['SetAVTransportURI', 'Play'])
    expect(renderer.uri).toMatch(/^http:\/\/192\.168\.1\.2:3030\/m\/[a-z2-7]{32}\/0\.mkv$/)
    expect(renderer.metadata).toContain('<dc:title>Show.S01E01.mkv</dc:title>')
    expect(renderer.metadata).toContain('protocolInfo="http-get:*:video/x-mkv:DLNA.ORG_OP=01')
    expect(renderer.metadata).toContain(`>${renderer.uri}</res>`)
    const srt = /\/torrents\/[0-9a-f]{40}\/subtitles\/2\/en\.srt/
    expect(renderer.metadata).toMatch(
      new RegExp(`sec:CaptionInfoEx[^>]*>http://[^<]*${srt.source}`),
    )
    expect(renderer.metadata).toMatch(new RegExp(`text/srt:\\*">http://[^<]*${srt.source}`))
    expect(renderer.metadata).toMatch(new RegExp(`pv:subtitleFileUri="http://[^"]*${srt.source}`))
    expect(renderer.last('Play')?.soapAction).toBe(
      '"urn:schemas-upnp-org:service:AVTransport:1#Play"',
    )
    expect(home.status.playback).toMatchObject({
      state: 'playing',
      playing: { fileIndex: 0, title: 'Show.S01E01.mkv' },
      durationMs: 60_000,
    })
  })

  it('has the film answered with the type that it was announced with', async () => {
    const { home, renderer } = await homeWith({ sink: 'http-get:*:video/x-mkv:*' })
    const typeFor = (address: string) =>
      home.profiles.profileFor({ address, headers: {}, asked: 'GET /m/x/0.mkv' }).mimeTypes.mkv
    expect(typeFor(renderer.address)).toBeUndefined()
    await home.play(renderer)
    expect(typeFor(renderer.address)).toBe('video/x-mkv')
    expect(typeFor('192.168.1.99')).toBeUndefined()
  })

  it('says less of it where the whole is refused, and nothing where that is refused, too', async () => {
    const { home, renderer } = await homeWith({
      answers: {
        SetAVTransportURI: (args) => (args.get('CurrentURIMetaData') === '' ? null : 402),
      },
    })
    await home.play(renderer)
    const forms = renderer.invocations
      .filter(({ action }) => action === 'SetAVTransportURI')
      .map(({ args }) => args.get('CurrentURIMetaData') ?? '')
    expect(forms.map((form) => [form.includes('<res'), form.includes('<dc:title>')])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ])
    expect(renderer.state).toBe('PLAYING')
  })

  it('tells plainly why it is refused', async () => {
    const { home, renderer } = await homeWith({
      sink: 'http-get:*:audio/mpeg:*',
      answers: { SetAVTransportURI: () => 714 },
    })
    const reason =
      'Living room refuses SetAVTransportURI: 714, it does not know the type of the file; ' +
      'video/x-matroska is not among what it says that it plays'
    await expect(home.play(renderer)).rejects.toThrow(reason)
    expect(home.status.problem).toEqual({ kind: 'refused', text: reason })
    await home.clock.advance(61_000)
    expect(home.status.problem).toBeNull()
  })

  it('tells what is probably in the way, where its family is known', async () => {
    const { home, renderer } = await homeWith({ answers: { SetAVTransportURI: () => 714 } })
    home.profiles.override([{ address: renderer.address, rule: 'ps3' }])
    await expect(home.play(renderer)).rejects.toThrow(/perhaps because the file is mkv$/)
  })

  it('stops what plays first, and keeps how far that was', async () => {
    const { home, renderer, clock } = await homeWith()
    await home.play(renderer)
    await clock.advance(20_000)
    await home.play(renderer, home.file(1))
    expect(renderer.told).toEqual([
      'SetAVTransportURI',
      'Play',
      'Stop',
      'SetAVTransportURI',
      'Play',
    ])
    expect(home.watched(0)?.[0]).toBeGreaterThanOrEqual(19)
  })

  it('begins where it is asked to, once it plays', async () => {
    const { home, renderer, clock } = await homeWith()
    await home.play(renderer, home.file(), 30_000)
    await clock.advance(3_000)
    expect(renderer.last('Seek')?.args.get('Target')).toBe('0:00:30')
    expect(Math.round(renderer.positionMs / 1_000)).toBeGreaterThanOrEqual(30)
    expect(renderer.told.filter((name) => name === 'Seek')).toHaveLength(1)
  })

  it('seeks by the only unit that it knows', async () => {
    const { home, renderer, controlPoint } = await homeWith({ seekModes: ['TRACK_NR', 'ABS_TIME'] })
    await home.play(renderer)
    await home.wait(controlPoint.seek(renderer.udn, 45_000), 100)
    expect(renderer.last('Seek')?.args.get('Unit')).toBe('ABS_TIME')
    expect(renderer.positionMs).toBeGreaterThanOrEqual(45_000)
  })

  it('pauses, resumes, stops, sets volume and mute', async () => {
    const { home, renderer, controlPoint } = await homeWith({ maxVolume: 50 })
    const { udn } = renderer
    await home.play(renderer)
    await home.wait(controlPoint.pause(udn))
    expect(home.status.playback.state).toBe('paused')
    await home.wait(controlPoint.resume(udn))
    expect(home.status.playback.state).toBe('playing')
    await home.wait(controlPoint.setVolume(udn, 50))
    await home.wait(controlPoint.setMute(udn, { muted: true }))
    expect([renderer.volume, renderer.muted]).toEqual([25, true])
    expect(home.status.playback).toMatchObject({ volume: 50, muted: true })
    await home.wait(controlPoint.stop(udn))
    expect(home.status.playback).toMatchObject({ state: 'stopped', playing: null })
  })

  it('does not take a refusal of Play for one where it plays', async () => {
    const { home, renderer } = await homeWith({
      answers: {
        Play: () => {
          renderer.state = 'PLAYING'
          return 501
        },
      },
    })
    await home.play(renderer)
    expect(home.status.playback.state).toBe('playing')
  })

  it('complains of one that takes it and never begins', async () => {
    const { home, renderer, clock } = await homeWith({ answers: { Play: () => '' } })
    await home.play(renderer)
    await clock.advance(62_000)
    expect(home.status.problem?.text).toBe('Living room took it and does not begin to play')
    expect(home.status.playback.playing).toBeNull()
  })

  it('plays nothing that is not in the library', async () => {
    const { home, renderer } = await homeWith()
    await expect(home.play(renderer, home.file(3))).rejects.toThrow('is nothing to be played')
  })
})

describe('what goes on on a renderer', () => {
  it('is kept as the place to go on from, and counted at its end', async () => {
    const { home, renderer, clock } = await homeWith()
    await home.play(renderer)
    await clock.advance(31_000)
    expect(home.watched()?.[0]).toBeGreaterThanOrEqual(20)
    await clock.advance(40_000)
    expect(home.watched()).toEqual([0, 1])
    expect(home.status.playback).toMatchObject({ state: 'stopped', playing: null })
  })

  it('is kept when somebody stops it at the renderer', async () => {
    const { home, renderer, clock } = await homeWith()
    await home.play(renderer)
    await clock.advance(25_500)
    renderer.state = 'STOPPED'
    renderer.positionMs = 0
    await clock.advance(2_000)
    expect(home.watched()).toEqual([26, 0])
    expect(home.status.playback.playing).toBeNull()
  })

  it('is believed to be something else where somebody plays something else', async () => {
    const { home, renderer, clock } = await homeWith()
    await home.play(renderer)
    await clock.advance(12_000)
    renderer.uri = 'http://192.168.1.9/other.mp4'
    renderer.positionMs = 1_000
    await clock.advance(5_000)
    expect(home.status.playback).toMatchObject({ state: 'playing', playing: null })
    expect(home.watched()?.[0]).toBeGreaterThanOrEqual(10)
  })

  it('has the next episode fetched when 90 % are over', async () => {
    const { home, renderer, clock } = await homeWith()
    await home.play(renderer)
    await clock.advance(52_000)
    expect(home.fetchedAhead).toEqual([])
    await clock.advance(4_000)
    expect(home.fetchedAhead).toEqual([{ infoHash: home.torrents[0]?.infoHash, fileIndex: 1 }])
  })

  it('is asked for when an event hints at a change, and for no other reason', async () => {
    const { home, renderer, controlPoint, clock } = await homeWith()
    await home.play(renderer)
    const subscription = renderer.requests.find(({ method }) => method === 'SUBSCRIBE')
    const [, callback = ''] = /^<(.*)>$/.exec(subscription?.headers?.CALLBACK ?? '') ?? []
    expect(callback).toMatch(/^http:\/\/192\.168\.1\.2:3030\/upnp\/renderer-events\/[0-9a-f]{32}$/)
    const token = callback.slice(-32)
    expect(controlPoint.takeEvent('0'.repeat(32), renderer.address)).toBe(false)
    expect(controlPoint.takeEvent(token, '192.168.1.66')).toBe(false)
    await clock.advance(500)
    renderer.state = 'PAUSED_PLAYBACK'
    expect(controlPoint.takeEvent(token, renderer.address)).toBe(true)
    await clock.advance(250)
    expect(home.status.playback.state).toBe('paused')
    await home.wait(controlPoint.stop(renderer.udn))
    expect(renderer.requests.some(({ method }) => method === 'UNSUBSCRIBE')).toBe(true)
  })

  it('is asked for once a second while it plays, and every 10 s otherwise', async () => {
    const { home, renderer, clock } = await homeWith()
    const polls = () => renderer.invocations.filter(({ action }) => action === 'GetTransportInfo')
    const before = polls().length
    await clock.advance(30_000)
    expect(polls().length - before).toBeLessThanOrEqual(4)
    await home.play(renderer)
    const playing = polls().length
    await clock.advance(20_000)
    expect(polls().length - playing).toBeGreaterThanOrEqual(18)
  })
})

describe('the next one', () => {
  it('is handed over where the renderer takes it, and followed when it goes on by itself', async () => {
    const { home, renderer, controlPoint, clock } = await homeWith({ takesNext: true })
    await home.play(renderer)
    await home.wait(controlPoint.playNext(renderer.udn, home.file(1)))
    expect(renderer.told).toContain('SetNextAVTransportURI')
    expect(home.status.playback.next).toMatchObject({ fileIndex: 1 })
    await clock.advance(60_000)
    expect(home.status.playback).toMatchObject({ playing: { fileIndex: 1 }, next: null })
    expect(renderer.told.filter((name) => name === 'SetAVTransportURI')).toHaveLength(1)
    expect(home.watched(0)).toEqual([0, 1])
  })

  it('is played at the end by us where not', async () => {
    const { home, renderer, controlPoint, clock } = await homeWith()
    await home.play(renderer)
    await home.wait(controlPoint.playNext(renderer.udn, home.file(1)))
    expect(renderer.told).not.toContain('SetNextAVTransportURI')
    await clock.advance(60_000)
    expect(home.status.playback).toMatchObject({ state: 'playing', playing: { fileIndex: 1 } })
    expect(renderer.uri).toMatch(/\/1\.mkv$/)
  })

  it('is played by us where it was taken and not played', async () => {
    const { home, renderer, controlPoint, clock } = await homeWith({
      takesNext: true,
      answers: { SetNextAVTransportURI: () => '' },
    })
    await home.play(renderer)
    await home.wait(controlPoint.playNext(renderer.udn, home.file(1)))
    await clock.advance(60_000)
    expect(home.status.playback).toMatchObject({ state: 'playing', playing: { fileIndex: 1 } })
  })

  it.each([true, false])('is taken back (told to the renderer: %s)', async (takesNext) => {
    const { home, renderer, controlPoint, clock } = await homeWith({ takesNext })
    await home.play(renderer)
    await home.wait(controlPoint.playNext(renderer.udn, home.file(1)))
    await home.wait(controlPoint.clearNext(renderer.udn))
    expect(home.status.playback.next).toBeNull()
    expect(renderer.nextUri).toBe('')
    await clock.advance(60_000)
    expect(home.status.playback).toMatchObject({ state: 'stopped', playing: null })
  })

  it('needs one before it', async () => {
    const { home, renderer, controlPoint } = await homeWith()
    await expect(home.wait(controlPoint.playNext(renderer.udn, home.file(1)))).rejects.toThrow(
      'plays nothing',
    )
  })
})

describe('a renderer that', () => {
  it('hangs is told as silent, and costs the others nothing', async () => {
    const { home, renderer, clock } = await homeWith({
      answers: { GetTransportInfo: () => 'hang' },
    })
    const other = await home.plugIn(new FakeRenderer(clock, { friendlyName: 'B' }, '192.168.1.30'))
    await expect(home.play(renderer)).rejects.toThrow('Living room does not answer within 10 s')
    await home.play(other)
    expect(other.state).toBe('PLAYING')
  })

  it('answers rubbish is told so', async () => {
    const { home, renderer, controlPoint } = await homeWith({
      answers: { Pause: () => '<html><body>Not found' },
    })
    await home.play(renderer)
    await expect(home.wait(controlPoint.pause(renderer.udn))).rejects.toThrow(
      /^Living room answers Pause with what cannot be read/,
    )
  })

  it('does not tell its state is played to all the same', async () => {
    const { home, renderer } = await homeWith({ answers: { GetTransportInfo: () => 401 } })
    await home.play(renderer)
    expect(renderer.state).toBe('PLAYING')
    expect(home.status.playback.playing).toMatchObject({ fileIndex: 0 })
  })

  it('does not know positions is played to all the same', async () => {
    const { home, renderer, clock } = await homeWith({ answers: { GetPositionInfo: () => 501 } })
    await home.play(renderer)
    await clock.advance(20_000)
    const asked = renderer.invocations.filter(({ action }) => action === 'GetPositionInfo')
    expect(asked.length).toBeLessThanOrEqual(8)
    expect(home.status).toMatchObject({ problem: null, playback: { state: 'playing' } })
  })

  it('vanishes while it plays leaves the place to go on from', async () => {
    const { home, renderer, clock } = await homeWith()
    await home.play(renderer)
    await clock.advance(25_000)
    renderer.isGone = true
    await clock.advance(1_900_000)
    expect(home.controlPoint.renderers).toEqual([])
    expect(home.watched()?.[0]).toBeGreaterThanOrEqual(20)
  })

  it('says goodbye while it is told to play is left alone', async () => {
    const { home, renderer, controlPoint, clock } = await homeWith()
    const leave = (): null => {
      controlPoint.hear(renderer.datagram('ssdp:byebye'), renderer.address)
      return null
    }
    renderer.quirks = { answers: { Play: leave } }
    await expect(home.play(renderer)).rejects.toThrow('is not there any more')
    const asked = renderer.requests.length
    await clock.advance(400_000)
    expect(renderer.requests).toHaveLength(asked)
    expect(renderer.requests.some(({ method }) => method === 'SUBSCRIBE')).toBe(false)
  })

  it('is told too much at once says so', async () => {
    const { home, renderer, controlPoint } = await homeWith()
    const commands = Array.from({ length: 20 }, () => controlPoint.setVolume(renderer.udn, 10))
    const results = await home.wait(Promise.allSettled(commands))
    const reasons = results.flatMap((one) => (one.status === 'rejected' ? [`${one.reason}`] : []))
    expect(reasons.length).toBeGreaterThanOrEqual(12)
    expect(reasons[0]).toContain('is still busy')
  })
})

it('URLs are signed where reading needs a password', async () => {
  const home = new ControlledHome({ sign: (path) => `/s/token${path}` })
  const renderer = await home.plugIn(new FakeRenderer(home.clock))
  await home.play(renderer)
  expect(renderer.uri).toMatch(/^http:\/\/192\.168\.1\.2:3030\/s\/token\/m\//)
  expect(renderer.metadata).toContain(`>${renderer.uri}</res>`)
})
