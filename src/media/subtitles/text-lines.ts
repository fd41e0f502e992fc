import { partsDecoder } from './text-decoder.ts'

/** Decoded and split in one step: less than a millisecond. */
const STEP_BYTES = 32 * 1024
/** Of a longer line, UTF-16 code units, the rest is dropped. */
const LONGEST_LINE = 64 * 1024
/** Markup may be one line as a whole: one that is longer goes on behind a tag. */
const LONG_LINE = 8 * 1024

/**
 * The lines of a text, some at a time, whatever ends them: LF, CR LF or CR alone. Bytes that are
 * no text become U+FFFD.
 *
 * @param charset - A label that TextDecoder knows.
 */
export function* textLines(bytes: Uint8Array, charset: string): Generator<readonly string[]> {
  const decoder = partsDecoder(charset)
  let unfinished = ''
  let endsInCr = false
  for (let start = 0; start < bytes.length; start += STEP_BYTES) {
    const chunk = decoder.decode(bytes.subarray(start, start + STEP_BYTES))
    const text = endsInCr && chunk.startsWith('\n') ? chunk.slice(1) : chunk
    if (chunk !== '') endsInCr = chunk.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    lines[0] = joined(unfinished, lines[0] ?? '')
    unfinished = lines.pop() ?? ''
    const cut = unfinished.length > LONG_LINE ? unfinished.lastIndexOf('>') + 1 : 0
    if (cut > 0) lines.push(unfinished.slice(0, cut))
    unfinished = unfinished.slice(cut)
    yield lines
  }
  yield [joined(unfinished, decoder.decode())]
}

function joined(start: string, rest: string): string {
  return start.length >= LONGEST_LINE ? start : start + rest.slice(0, LONGEST_LINE - start.length)
}
