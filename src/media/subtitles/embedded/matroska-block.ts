import { inflateSync } from 'node:zlib'
import {
  childrenOf,
  type Element,
  readSize,
  readUnsigned,
  widthOf,
} from '../../container-index/ebml.ts'
import type { CueList } from '../cue.ts'
import { dialogueText, splitFields } from '../formats/substation-alpha.ts'
import { plainText, subRipMarkup } from '../markup.ts'
import { framesOf } from './matroska-lacing.ts'
import type { MatroskaTrack, SubtitleSyntax } from './matroska-tracks.ts'

export const SIMPLE_BLOCK = 0xa3
export const BLOCK_GROUP = 0xa0
export const BLOCK = 0xa1
const BLOCK_DURATION = 0x9b
/** No cue is longer; bytes, packed or not. */
export const LARGEST_BLOCK_BYTES = 256 * 1024
/** Relative timestamp and flags, behind the number of the track. */
const FIXED_BYTES = 3
/** Read order, layer, style, name, three margins, effect; then the text (Matroska codecs, SSA/ASS). */
const ASS_FIELDS = 9

export interface BlockContext {
  readonly track: MatroskaTrack
  readonly cues: CueList
  /** The time of a block, in units of the segment, by its time in the cluster. */
  readonly timeOf: (relative: number) => number
  /** Milliseconds in a unit. */
  readonly unitMs: number
  /** From the index, in units; `null` where it has none. */
  readonly duration?: number | null
}

/** The number of the track that a block belongs to; 0 where it cannot be read. `start`: of its contents. */
export function blockTrack(buffer: Buffer, start: number): number {
  const width = widthOf(buffer, start, 8)
  return width === null ? 0 : readSize(buffer, start, width)
}

/** The block in a block group with its duration; `null` in what is none, or not wholly in the buffer. */
export function blockOf(
  buffer: Buffer,
  element: Element,
): { readonly block: Element; readonly duration: number | null } | null {
  if (element.id === SIMPLE_BLOCK) return { block: element, duration: null }
  let block: Element | null = null
  let duration: number | null = null
  for (const child of childrenOf(buffer, element)) {
    if (child.id === BLOCK) block = child
    if (child.id === BLOCK_DURATION) duration = readUnsigned(buffer, child)
  }
  return block === null ? null : { block, duration }
}

/** Adds what a SimpleBlock or BlockGroup of the track shows. What is malformed is left out. */
export function addBlock(buffer: Buffer, element: Element, context: BlockContext): void {
  const found = blockOf(buffer, element)
  if (found === null) return
  const { start, end } = found.block
  const width = widthOf(buffer, start, 8)
  if (width === null || start + width + FIXED_BYTES > end || end > buffer.length) return
  const flags = buffer[start + width + 2] ?? 0
  const frames = framesOf(buffer.subarray(start + width + FIXED_BYTES, end), flags)
  const { unitMs, track } = context
  const startMs = context.timeOf(buffer.readInt16BE(start + width)) * unitMs
  // What a block says of its duration is that of all its frames together.
  const duration = (found.duration ?? context.duration ?? 0) / frames.length
  const frameMs = duration * unitMs || (track.defaultDurationMs ?? 0)
  for (const [place, frame] of frames.entries()) {
    const data = decoded(frame, track)
    if (data === null) continue
    const frameStartMs = startMs + place * frameMs
    const endMs = duration === 0 ? null : frameStartMs + frameMs
    context.cues.add({ startMs: frameStartMs, endMs, text: textOf(data, track.syntax) })
  }
}

/** `null` where it is not what the track says. */
function decoded(bytes: Buffer, { encodings }: MatroskaTrack): Buffer | null {
  let data = bytes
  try {
    for (const encoding of encodings) {
      data =
        encoding.kind === 'zlib'
          ? inflateSync(data, { maxOutputLength: LARGEST_BLOCK_BYTES })
          : Buffer.concat([encoding.header, data])
    }
    return data
  } catch {
    return null
  }
}

function textOf(data: Buffer, syntax: SubtitleSyntax): string {
  const text = data.toString('utf8').replaceAll('\0', '')
  switch (syntax) {
    case 'plain':
      return text
    case 'ass':
      return dialogueText(splitFields(text, ASS_FIELDS).at(-1) ?? '')
    case 'vtt':
      return plainText(subRipMarkup(text.slice(0, 4_000)))
    case 'webm-vtt':
      // WebM: identifier, settings, then the text.
      return plainText(subRipMarkup(text.slice(0, 4_000).split('\n').slice(2).join('\n')))
  }
}
