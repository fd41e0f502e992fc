import { describe, expect, it, test } from 'vitest'
import type { TimedCue } from '../../../src/media/subtitles/cue.ts'
import { parseSubtitles } from '../../../src/media/subtitles/formats/parse-subtitles.ts'
import { inTurns } from '../../../src/media/subtitles/steps.ts'
import {
  type SubtitleFormat,
  writeSubtitles,
} from '../../../src/media/subtitles/write-subtitles.ts'

async function cuesOf(text: string | Uint8Array): Promise<readonly TimedCue[]> {
  return inTurns(parseSubtitles(typeof text === 'string' ? Buffer.from(text) : text))
}

/** Start, end and text of each cue. */
async function listOf(text: string | Uint8Array): Promise<readonly unknown[]> {
  return (await cuesOf(text)).map(({ startMs, endMs, text }) => [startMs, endMs, text])
}

async function converted(text: string, format: SubtitleFormat): Promise<string> {
  return (await inTurns(writeSubtitles(await cuesOf(text), { format }))).toString()
}

const SRT =
  '1\n00:00:01,500 --> 00:00:02,750\nOne <i>line</i>\nand two\n\n2\n01:02:03,004 --> 01:02:04,000\nNext\n'
const SRT_CUES = [
  [1_500, 2_750, 'One <i>line</i>\nand two'],
  [3_723_004, 3_724_000, 'Next'],
]

describe('SubRip', () => {
  test.each([
    ['as it should be', SRT],
    ['with CR LF', SRT.replaceAll('\n', '\r\n')],
    ['with CR alone', SRT.replaceAll('\n', '\r')],
    ['with a byte order mark', `\ufeff${SRT}`],
    ['without blank lines between cues', SRT.replaceAll('\n\n', '\n')],
    ['without numbers', SRT.replace(/^\d\n/gm, '')],
    ['with points for commas', SRT.replaceAll(/(\d\d),(\d)/g, '$1.$2')],
    ['with two spaces behind a time', SRT.replaceAll(' -->', '  -->')],
    ['with places behind the times', SRT.replaceAll(/(,750|,000)\n/g, '$1 X1:100 Y1:20\n')],
    ['cut off behind its last word', SRT.trimEnd()],
    ['with blank lines before the text', SRT.replace('750\n', '750\n\n')],
  ])('is read %s', async (_, text) => {
    expect(await listOf(text)).toEqual(SRT_CUES)
  })

  it('is put into the order of time', async () => {
    const text = '00:00:09,0 --> 00:00:10,0\nlate\n\n00:00:01,0 --> 00:00:02,0\nearly\n'
    expect((await cuesOf(text)).map(({ text }) => text)).toEqual(['early', 'late'])
  })

  it('loses cues without words, without length, and beyond all films', async () => {
    const text =
      '00:00:01,0 --> 00:00:02,0\n\n00:00:05,0 --> 00:00:04,0\nback\n\n' +
      '9999:00:00,0 --> 9999:00:01,0\nnever\n\n00:00:07,0 --> 00:00:08,0\nyes\n'
    expect(await listOf(text)).toEqual([[7_000, 8_000, 'yes']])
  })
})

describe('WebVTT', () => {
  const VTT =
    'WEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\nNOTE a --> b\n\nintro\n00:01.500 --> 00:02.750 line:0\n' +
    '<v Anna>One <i.loud>line</i></v> &amp; <00:00:02.000><c.yellow>more</c> &lt;here&gt;\n'
  it('is read without its blocks, voices and classes', async () => {
    expect(await listOf(VTT)).toEqual([[1_500, 2_750, 'One <i>line</i> & more <here>']])
  })

  it('is written with its characters escaped and without fonts and places', async () => {
    const text =
      '00:00:01,0 --> 00:00:02,0\n{\\an8}<font color="#fff">a & b</font> <I>i</I> <3 1<2\n'
    expect(await converted(text, 'vtt')).toBe(
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na &amp; b <i>i</i> &lt;3 1&lt;2\n\n',
    )
  })
})

describe('SubStation Alpha', () => {
  const ASS = [
    '[Script Info]',
    'Title: x',
    '[V4+ Styles]',
    'Format: Name, Fontname',
    'Style: Default,Arial',
    '[Events]',
    'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
    'Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not this',
    'Dialogue: 0,0:00:01.50,0:00:02.75,Default,,0,0,0,,{\\pos(960,50)\\i1}Yes, well{\\i0},\\Nso\\hit is',
    'Dialogue: 1,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}',
    'Dialogue: 1,0:00:05.00,0:00:06.00,Default,,0,0,0,,Twice',
    'Dialogue: 2,0:00:05.00,0:00:06.00,Default,,0,0,0,,Twice',
    '[Fonts]',
    'Dialogue: 0,0:00:07.00,0:00:08.00,Default,,0,0,0,,no event',
  ].join('\r\n')

  it('keeps words and their slant, not drawings, comments and looks', async () => {
    expect(await listOf(ASS)).toEqual([
      [1_500, 2_750, '<i>Yes, well</i>,\nso it is'],
      [5_000, 6_000, 'Twice'],
    ])
  })

  it('takes the order of fields from the file', async () => {
    const text = '[Events]\nFormat: End, Start, Text\nDialogue: 0:00:02.00,0:00:01.00,a, b\n'
    expect(await listOf(text)).toEqual([[1_000, 2_000, 'a, b']])
  })
})

describe('files called .sub', () => {
  test.each([
    [
      'MicroDVD with its frame rate',
      '{1}{1}25.000\n{25}{50}{y:i}One|two\n',
      [[1_000, 2_000, '<i>One</i>\ntwo']],
    ],
    ['MicroDVD without', '{24}{48}One\n', [[1_001, 2_002, 'One']]],
    [
      'MicroDVD without an end',
      '{1}{1}25\n{25}{}One\n{75}{100}Two\n',
      [
        [1_000, 3_000, 'One'],
        [3_000, 4_000, 'Two'],
      ],
    ],
    ['MPL2', '[10][20]/One|two\n', [[1_000, 2_000, '<i>One</i>\ntwo']]],
    [
      'SubViewer',
      '[INFORMATION]\n[END INFORMATION]\n00:00:01.00,00:00:02.00\nOne[br]two\n',
      [[1_000, 2_000, 'One\ntwo']],
    ],
  ])('are read: %s', async (_, text, cues) => {
    expect(await listOf(text)).toEqual(cues)
  })

  test.each([
    ['VobSub .sub', Buffer.from('000001ba44000400', 'hex')],
    ['VobSub .idx', Buffer.from('# VobSub index file, v7\n')],
  ])('have no text: %s', async (_, bytes) => {
    expect(await cuesOf(bytes)).toEqual([])
  })
})

it('counts the frames of MicroDVD as the film does, unless the file says how many there are', async () => {
  const read = (text: string) => inTurns(parseSubtitles(Buffer.from(text), { frameRate: 50 }))
  expect(await read('{100}{200}One\n')).toMatchObject([{ startMs: 2_000, endMs: 4_000 }])
  expect(await read('{1}{1}25\n{100}{200}One\n')).toMatchObject([{ startMs: 4_000, endMs: 8_000 }])
  expect(await read('[100][200]One\n')).toMatchObject([{ startMs: 10_000, endMs: 20_000 }])
})

it('reads SAMI, of several languages the first', async () => {
  const text =
    '<SAMI><BODY>\n<SYNC Start=1000><P Class=ENCC>One<br>two\n<SYNC Start=1000><P Class=KRCC>하나\n' +
    '<SYNC Start=3000><P Class=ENCC>&nbsp;\n<SYNC Start=4000><P Class=ENCC>Three\n</BODY></SAMI>'
  expect((await cuesOf(text)).map(({ text }) => text)).toEqual(['One\ntwo', 'Three'])
})

it('tells the format by what is in the file', async () => {
  expect(await listOf('Some notes\n\n00:00:01,0 --> 00:00:02,0\nyes\n')).toEqual([
    [1_000, 2_000, 'yes'],
  ])
  expect(await cuesOf('just words\n'.repeat(100))).toEqual([])
  expect(await cuesOf('')).toEqual([])
})

it('writes SubRip with numbers, and a mark where it is wanted', async () => {
  const cues = await cuesOf(SRT)
  const [plain, marked] = await Promise.all(
    [false, true].map((byteOrderMark) =>
      inTurns(writeSubtitles(cues, { format: 'srt', byteOrderMark })),
    ),
  )
  expect(plain?.toString()).toBe(SRT.trimEnd().replaceAll('\n', '\r\n').concat('\r\n\r\n'))
  expect(marked?.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  expect(marked?.subarray(3)).toEqual(plain)
})

describe('large files', () => {
  test.each([
    ['cues', (index: number) => `${index}\n00:00:01,000 --> 00:00:02,000\nline ${index}\n\n`],
    ['blank lines', () => '\n'.repeat(64)],
    ['one line', () => 'word '.repeat(20)],
    ['brackets', () => '<{\\'.repeat(30)],
    ['arrows', () => '--> '.repeat(20)],
  ])('of %s never hold up the event loop', async (_, part) => {
    const block = Buffer.from(Array.from({ length: 20_000 }, (_, index) => part(index)).join(''))
    const bytes = Buffer.alloc(8 * 1024 * 1024)
    for (let at = 0; at < bytes.length; at += block.length) block.copy(bytes, at)
    const steps = parseSubtitles(bytes)
    let longest = 0
    for (;;) {
      const startedAt = process.cpuUsage()
      const isDone = steps.next().done
      const { user, system } = process.cpuUsage(startedAt)
      longest = Math.max(longest, (user + system) / 1_000)
      if (isDone) break
    }
    expect(longest).toBeLessThan(50)
  })
})

describe('TTML', () => {
  const head =
    '<?xml version="1.0" encoding="utf-8"?>\n<tt\n  xmlns="http://www.w3.org/ns/ttml">\n<body><div>'

  it('is read by what it holds, in lines or in one', async () => {
    const text = `${head}<p begin="00:00:01.500" end="2.75s">One<br/>and two</p></div></body></tt>`
    const cues = [[1_500, 2_750, 'One\nand two']]
    expect(await listOf(text)).toEqual(cues)
    expect(await listOf(text.replaceAll('\n', ' '))).toEqual(cues)
  })

  it('of one very long line gives all its cues', async () => {
    const paragraph = (second: number): string =>
      `<p begin="${second}s" dur="1s">Line ${second}</p>`
    const count = 3_000
    const text = `${head}${Array.from({ length: count }, (_, second) => paragraph(second)).join('')}`
    expect(await cuesOf(text.replaceAll('\n', ' '))).toHaveLength(count)
  })
})

test('SAMI of one line is read as one of many', async () => {
  const sami =
    '<SAMI>\n<BODY>\n<SYNC Start=1000>\n<P Class=ENCC>One\n<SYNC Start=2000>\n<P Class=ENCC>&nbsp;\n'
  expect(await listOf(sami)).toEqual([[1_000, 2_000, 'One']])
  expect(await listOf(sami.replaceAll('\n', ''))).toEqual([[1_000, 2_000, 'One']])
})
