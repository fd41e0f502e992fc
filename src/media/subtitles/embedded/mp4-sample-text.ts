import type { CueList } from '../cue.ts'
import { TimedTextMarkupParser } from '../formats/timed-text-markup.ts'
import { plainText, subRipMarkup } from '../markup.ts'
import type { Steps } from '../steps.ts'
import { textLines } from '../text-lines.ts'
import { boxesIn } from './mp4-boxes.ts'

/** How the samples of a track hold their text. */
export type SampleFormat = 'timed-text' | 'web-vtt' | 'markup'

/** By the name of the sample entry. `text` is QuickTime's, whose samples begin as 3GPP's do. */
const FORMATS: ReadonlyMap<string, SampleFormat> = new Map([
  ['tx3g', 'timed-text'],
  ['text', 'timed-text'],
  ['wvtt', 'web-vtt'],
  ['stpp', 'markup'],
])

/** Cues in one sample of WebVTT. */
const MOST_CUES = 64

/** `null` for pictures, and what is not read. */
export function sampleFormat(codec: string): SampleFormat | null {
  return FORMATS.get(codec) ?? null
}

/** The largest sample that is read, bytes: one cue, or a document of many. */
export function largestSample(format: SampleFormat): number {
  return format === 'markup' ? 1024 * 1024 : 16 * 1024
}

/** When a sample is shown, milliseconds. */
export interface SampleTimes {
  readonly startMs: number
  readonly endMs: number
}

/** Adds the cues that one sample holds; what cannot be read adds none. */
export function* addSampleText(
  cues: CueList,
  format: SampleFormat,
  bytes: Buffer,
  times: SampleTimes,
): Steps<void> {
  switch (format) {
    case 'timed-text':
      cues.add({ ...times, text: timedText(bytes) })
      return
    case 'web-vtt':
      for (const text of webVttCues(bytes)) cues.add({ ...times, text })
      return
    case 'markup': {
      // Times in the document are those of the film (ISO/IEC 14496-30, 5.3).
      const parser = new TimedTextMarkupParser(cues, times)
      for (const lines of textLines(bytes, 'utf-8')) {
        for (const line of lines) parser.line(line)
        yield
      }
      parser.end()
    }
  }
}

/** 3GPP TS 26.245, 5.17: the length of the text, the text in UTF-8, or in UTF-16 behind its mark, then styles. */
function timedText(bytes: Buffer): string {
  if (bytes.length < 2) return ''
  const text = bytes.subarray(2, 2 + bytes.readUInt16BE(0))
  const mark = text.length < 2 ? 0 : text.readUInt16BE(0)
  const charset = mark === 0xfeff ? 'utf-16be' : mark === 0xfffe ? 'utf-16le' : 'utf-8'
  return new TextDecoder(charset).decode(text)
}

/** ISO/IEC 14496-30, 6.6: a `vttc` for each cue, in it the words in `payl`; `vtte` where nothing is shown. */
function webVttCues(bytes: Buffer): readonly string[] {
  const texts: string[] = []
  for (const cue of boxesIn(bytes, { start: 0, end: bytes.length })) {
    if (cue.type !== 'vttc' || texts.length === MOST_CUES) continue
    for (const { type, start, end } of boxesIn(bytes, cue)) {
      if (type === 'payl') texts.push(plainText(subRipMarkup(bytes.toString('utf8', start, end))))
    }
  }
  return texts
}
