import { describe, expect, it } from 'vitest'
import { readSoapAnswer, soapRequest } from '../../src/renderers/control/soap-call.ts'
import {
  seekTarget,
  transportState,
  transportTime,
} from '../../src/renderers/control/transport-text.ts'
import { listsProfile, parseSink, spelledInSink } from '../../src/renderers/media/sink.ts'
import { envelope, fault } from '../helpers/fake-renderer.ts'

describe('the answer to an action', () => {
  it.each([
    ['as it should be', envelope('<u:GetXResponse xmlns:u="urn:x"><A>1</A></u:GetXResponse>')],
    ['under another name', envelope('<m:Whatever xmlns:m="urn:other"><A>1</A></m:Whatever>')],
    ['without declared prefixes', '<s:Envelope><s:Body><u:R><A>1</A></u:R></s:Body></s:Envelope>'],
    ['in no namespace', '<Envelope><Body><R><A>1</A><B>2</B></R></Body></Envelope>'],
    ['with spaces in front', `\r\n\r\n ${envelope('<R><A>1</A></R>')}`],
  ])('is read %s', async (_, text) => {
    expect((await readSoapAnswer('GetX', { status: 200, text })).get('A')).toBe('1')
  })

  it('may be empty', async () => {
    expect(await readSoapAnswer('Play', { status: 200, text: ' \r\n' })).toEqual(new Map())
  })

  it.each([
    [500, fault(701), 'refused', 'refuses Play: 701, not possible in its present state'],
    [500, fault(999), 'refused', 'refuses Play: 999, no'],
    [200, fault(501), 'refused', 'refuses Play: 501, it cannot do that now'],
    [500, 'Internal Server Error', 'refused', 'refuses Play: HTTP status 500'],
    [404, '<html></html>', 'refused', 'refuses Play: HTTP status 404'],
    [500, envelope('<s:Fault><faultstring>Busy</faultstring></s:Fault>'), 'refused', 'Play: Busy'],
    [200, '<html><body>', 'unreadable', 'answers Play with what cannot be read'],
    [200, '\x00\x01\x02', 'unreadable', 'answers Play with what cannot be read'],
    [200, '<a/>', 'unreadable', 'answers Play with no SOAP envelope'],
    [200, '<Envelope><Body/></Envelope>', 'unreadable', 'answers Play with no SOAP envelope'],
  ])('with status %i and %j is told as what it is', async (status, text, kind, message) => {
    await expect(readSoapAnswer('Play', { status, text })).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message),
    })
  })
})

it('DIDL-Lite travels escaped once more', () => {
  const didl = '<DIDL-Lite><dc:title>A &amp; B</dc:title></DIDL-Lite>'
  const request = soapRequest('urn:s:1', 'SetAVTransportURI', [['CurrentURIMetaData', didl]])
  expect(request).toContain('&lt;dc:title&gt;A &amp;amp; B&lt;/dc:title&gt;')
  expect(request).toContain('<u:SetAVTransportURI xmlns:u="urn:s:1">')
})

it.each([
  ['0:01:30', 90_000],
  ['00:01:30.500', 90_500],
  ['0:01:30.1/2', 90_500],
  ['1:30', 90_000],
  ['90', 90_000],
  ['+0:00:01', 1_000],
  ['123:00:00', 442_800_000],
  ['NOT_IMPLEMENTED', null],
  ['END_OF_MEDIA', null],
  ['-0:00:01', null],
  ['', null],
  [undefined, null],
])('the time %j is %j ms', (text, ms) => {
  expect(transportTime(text)).toBe(ms)
})

it('a place to seek to has no fraction', () => {
  expect(seekTarget(3_723_900)).toBe('1:02:03')
})

it.each([
  ['PLAYING', 'playing'],
  [' paused_playback ', 'paused'],
  ['NO_MEDIA_PRESENT', 'stopped'],
  ['VENDOR_STANDBY', 'unknown'],
  [undefined, 'unknown'],
])('the state %j is %s', (text, state) => {
  expect(transportState(text)).toBe(state)
})

describe('a sink', () => {
  const sink = parseSink(
    'http-get:*:video/x-mkv:*,rtsp-rtp-udp:*:video/mp4:*, http-get:*:audio/mp3:DLNA.ORG_PN=MP3;x,' +
      'http-get:*:text\\,odd:*,http-get:*:image/JPEG:DLNA.ORG_PN=JPEG_LRG,,rubbish',
  )

  it.each([
    ['video/x-matroska', 'video/x-mkv'],
    ['audio/mpeg', 'audio/mp3'],
    ['image/jpeg', 'image/JPEG'],
    ['video/mp4', null],
  ])('spells %s as %j', (ours, theirs) => {
    expect(spelledInSink(sink, ours)).toBe(theirs)
  })

  it('that is empty takes all as we spell it, as one with wildcards does', () => {
    expect(spelledInSink(parseSink(''), 'video/webm')).toBe('video/webm')
    expect(spelledInSink(parseSink('http-get:*:video/*:*'), 'video/webm')).toBe('video/webm')
    expect(spelledInSink(parseSink('http-get:*:*:*'), 'video/webm')).toBe('video/webm')
  })

  it('lists profiles by their whole name', () => {
    expect(listsProfile(sink, 'JPEG_LRG')).toBe(true)
    expect(listsProfile(sink, 'JPEG')).toBe(false)
  })
})
