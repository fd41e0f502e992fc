import { deflateSync } from 'node:zlib'

/** One element of EBML with a size of eight bytes; `id` in hex. */
export function ebml(id: string, ...contents: readonly (Buffer | string | number)[]): Buffer {
  const bytes = Buffer.concat(contents.map(bytesOf))
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(bytes.length) | (1n << 56n))
  return Buffer.concat([Buffer.from(id, 'hex'), size, bytes])
}

function bytesOf(content: Buffer | string | number): Buffer {
  if (Buffer.isBuffer(content)) return content
  if (typeof content === 'string') return Buffer.from(content)
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(content))
  return number
}

export interface MadeTrack {
  readonly number: number
  readonly codec: string
  readonly language?: string
  readonly name?: string
  readonly packing?: 'zlib' | 'stripped'
}

export interface MadeCue {
  readonly track: number
  /** Milliseconds. */
  readonly start: number
  readonly duration: number
  readonly text: string
  /** Frames that follow in the same block, in Xiph's lacing, each shown as long as the others. */
  readonly laced?: readonly string[]
}

export interface MadeFilm {
  readonly tracks: readonly MadeTrack[]
  readonly cues: readonly MadeCue[]
  /** What the index names: every block of subtitles, clusters alone, or nothing. */
  readonly index?: 'blocks' | 'clusters' | 'none'
  /** Of the picture between the cues, bytes. */
  readonly filler?: number
  readonly unknownSizes?: boolean
}

/** Packed by removing this from the beginning of each block. */
const STRIPPED = 'The '
/** Milliseconds in a cluster. */
const CLUSTER_MS = 10_000

/** A Matroska film of noise with tracks of subtitles; its index is at its end. */
export function makeMatroska(film: MadeFilm): Buffer {
  const { tracks, cues, index = 'blocks', filler = 100 } = film
  const head = Buffer.concat([
    ebml('1549a966', ebml('2ad7b1', 1_000_000)),
    ebml(
      '1654ae6b',
      ebml('ae', ebml('d7', 1), ebml('83', 1), ebml('86', 'V_TEST')),
      ...tracks.map(trackEntry),
    ),
  ])
  const seekHead = (position: number): Buffer =>
    ebml(
      '114d9b74',
      ebml('4dbb', ebml('53ab', Buffer.from('1c53bb6b', 'hex')), ebml('53ac', position)),
    )
  let position = seekHead(0).length + head.length
  const clusters: Buffer[] = []
  const points: Buffer[] = []
  const last = Math.max(0, ...cues.map(({ start }) => start))
  for (let time = 0; time <= last; time += CLUSTER_MS) {
    const timestamp = ebml('e7', time)
    const parts = [timestamp, videoBlock(filler)]
    let relative = timestamp.length + (parts[1]?.length ?? 0)
    for (const cue of cues.filter(({ start }) => start >= time && start < time + CLUSTER_MS)) {
      const track = tracks.find(({ number }) => number === cue.track)
      const block = blockGroup(cue, time, track?.packing)
      points.push(cuePoint(cue, position, index === 'blocks' ? relative : null))
      parts.push(block, videoBlock(filler))
      relative += block.length + (parts.at(-1)?.length ?? 0)
    }
    const cluster = ebml('1f43b675', ...parts)
    if (film.unknownSizes === true) cluster.write('01ffffffffffffff', 4, 'hex')
    clusters.push(cluster)
    position += cluster.length
  }
  const hasIndex = index !== 'none'
  const segment = Buffer.concat([
    hasIndex ? seekHead(position) : Buffer.alloc(0),
    head,
    ...clusters,
    hasIndex ? ebml('1c53bb6b', ...points) : Buffer.alloc(0),
  ])
  return Buffer.concat([ebml('1a45dfa3', ebml('4282', 'matroska')), ebml('18538067', segment)])
}

function trackEntry({ number, codec, language, name = '', packing }: MadeTrack): Buffer {
  const settings = ebml('4255', STRIPPED)
  const compression =
    packing === 'stripped' ? ebml('5034', ebml('4254', 3), settings) : ebml('5034', ebml('4254', 0))
  return ebml(
    'ae',
    ebml('d7', number),
    ebml('83', 0x11),
    ebml('86', codec),
    ebml('536e', name),
    language === undefined ? Buffer.alloc(0) : ebml('22b59c', language),
    packing === undefined ? Buffer.alloc(0) : ebml('6d80', ebml('6240', compression)),
  )
}

function block(track: number, relative: number, data: Buffer): Buffer {
  const head = Buffer.from([0x80 | track, 0, 0, 0])
  head.writeInt16BE(relative, 1)
  return Buffer.concat([head, data])
}

function videoBlock(filler: number): Buffer {
  return ebml('a3', block(1, 0, Buffer.alloc(filler, 0xa3)))
}

function blockGroup(cue: MadeCue, time: number, packing: MadeTrack['packing']): Buffer {
  const text = Buffer.from(cue.text)
  const data =
    packing === 'zlib'
      ? deflateSync(text)
      : packing === 'stripped'
        ? text.subarray(STRIPPED.length)
        : text
  const made = block(cue.track, cue.start - time, cue.laced ? laced([data, ...cue.laced]) : data)
  if (cue.laced !== undefined) made.writeUInt8(0x02, 3)
  return ebml('a0', ebml('a1', made), ebml('9b', cue.duration))
}

/** Frames of less than 255 bytes each. */
function laced(contents: readonly (Buffer | string)[]): Buffer {
  const frames = contents.map((content) => Buffer.from(content))
  const sizes = frames.slice(0, -1).map(({ length }) => length)
  return Buffer.concat([Buffer.from([frames.length - 1, ...sizes]), ...frames])
}

function cuePoint({ track, start }: MadeCue, cluster: number, relative: number | null): Buffer {
  const place = relative === null ? Buffer.alloc(0) : ebml('f0', relative)
  return ebml(
    'bb',
    ebml('b3', start),
    ebml('b7', ebml('f7', relative === null ? 1 : track), ebml('f1', cluster), place),
  )
}
