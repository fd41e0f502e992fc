import { expect, it } from 'vitest'
import { type Cue, CueList } from '../../../src/media/subtitles/cue.ts'
import { TimedTextMarkupParser } from '../../../src/media/subtitles/formats/timed-text-markup.ts'
import { inTurns } from '../../../src/media/subtitles/steps.ts'

const HEAD = '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml" '

async function read(document: string): Promise<readonly Cue[]> {
  const cues = new CueList()
  const parser = new TimedTextMarkupParser(cues)
  for (const line of document.split('\n')) parser.line(line)
  parser.end()
  return inTurns(cues.sorted())
}

it.each([
  ['begin="00:00:01.500" end="00:00:02.250"', 1_500, 2_250],
  ['begin="1.5s" dur="750ms"', 1_500, 2_250],
  ['begin="00:00:01:15" end="00:00:02:06"', 1_600, 2_240],
  ['begin="15000000t" end="22500000t"', 1_500, 2_250],
  ['end="1s"', 0, 1_000],
])('%s is %d to %d ms', async (times, startMs, endMs) => {
  const document = `${HEAD}ttp:frameRate="25" ttp:tickRate="10000000"><body><div><p ${times}>x</p></div></body></tt>`
  expect(await read(document)).toEqual([{ startMs, endMs, text: 'x' }])
})

it('times are counted from those around, and end with them', async () => {
  const document = `${HEAD}><body begin="10s" end="15s"><p begin="1s" end="9s">x</p></body></tt>`
  expect(await read(document)).toEqual([{ startMs: 11_000, endMs: 15_000, text: 'x' }])
})

it('words keep breaks, slant and characters, whatever lines and comments are between', async () => {
  const document = `${HEAD}><head><metadata>no</metadata></head><body><tt:p
    begin='1s' end='2s'><!-- <p> -->
      One &amp; <tts:span tts:fontStyle="italic">two</tts:span><br/>
      three &#x263A;</tt:p></body>`
  expect(await read(document)).toMatchObject([{ text: 'One & <i>two</i>\nthree \u263a' }])
})

it('what is malformed is skipped', async () => {
  const document = `${HEAD}><p begin="soon" end="later">x</p></p></q><p begin="1s" end="2s">y`
  expect(await read(`${document}</p><p begin="3s" end="4s">z<`)).toMatchObject([
    { text: 'x' },
    { text: 'y' },
  ])
})
