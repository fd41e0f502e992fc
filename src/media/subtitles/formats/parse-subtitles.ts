import { charsetOf } from '../charset.ts'
import { CueList, type TimedCue } from '../cue.ts'
import type { Steps } from '../steps.ts'
import { textLines } from '../text-lines.ts'
import { FrameTextParser } from './frame-text.ts'
import type { LineParser } from './line-parser.ts'
import { SamiParser } from './sami.ts'
import { SubStationAlphaParser } from './substation-alpha.ts'
import { TimedTextParser } from './timed-text.ts'
import { TimedTextMarkupParser } from './timed-text-markup.ts'

/** Lines that are looked at to tell the format. */
const LOOK_AT_LINES = 64
const STEP_LINES = 512

/**
 * Reads a file of subtitles of any format in text, in the order of time. What a file holds says
 * what it is, not its extension, which is often wrong. Nothing is an error: what cannot be read is skipped,
 * and a file that is none gives no cue at all.
 *
 * @param frameRate - Of the film, for times that are counted in its frames; `null` where it is not known.
 */
export function* parseSubtitles(
  bytes: Uint8Array,
  { frameRate = null }: { readonly frameRate?: number | null } = {},
): Steps<readonly TimedCue[]> {
  const cues = new CueList()
  if (isBitmap(bytes)) return []
  const charset = charsetOf(bytes)
  yield
  let parser: LineParser | null = null
  for (const lines of textLines(bytes, charset)) {
    yield
    // The first line has not ended yet.
    if (lines.length === 0) continue
    parser ??= parserFor(lines, cues, frameRate)
    let count = 0
    for (const line of lines) {
      if (++count % STEP_LINES === 0) yield
      parser.line(line)
    }
    if (cues.isFull) break
  }
  parser?.end()
  return yield* cues.sorted()
}

/** VobSub: `.sub` is an MPEG program stream of pictures, `.idx` names their places. */
export function isBitmap(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 32)).toString('latin1')
  return head.startsWith('\0\0\x01\xba') || /^(\xef\xbb\xbf)?# VobSub/i.test(head)
}

function parserFor(lines: readonly string[], cues: CueList, frameRate: number | null): LineParser {
  for (const [index, line] of lines.slice(0, LOOK_AT_LINES).entries()) {
    const text = line.slice(0, 200)
    if (index === 0 && /^\ufeff?WEBVTT/.test(text)) return new TimedTextParser(cues, 'vtt')
    if (/^\s*(\[script info\]|\[events\]|\[v4\+? styles\]|dialogue:)/i.test(text)) {
      return new SubStationAlphaParser(cues)
    }
    if (/<sami|<sync\s/i.test(text)) return new SamiParser(cues)
    if (/<(?:\w+:)?tt(?:[\s>]|$)/.test(text)) return new TimedTextMarkupParser(cues)
    if (/^\ufeff?\s*([{]\d+\}\{\d*\}|\[\d+\]\[\d*\]|\[information\])/i.test(text)) {
      return new FrameTextParser(cues, frameRate)
    }
    if (/^\s*\d\d?:\d\d:\d\d[.,]\d+\s*,\s*\d\d?:\d\d:\d\d[.,]/.test(text)) {
      return new FrameTextParser(cues, frameRate)
    }
    if (text.includes('-->')) break
  }
  return new TimedTextParser(cues, 'srt')
}
