/** One box of an MP4 file. */
export function box(type: string, ...contents: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8)
  const bytes = Buffer.concat(contents)
  head.writeUInt32BE(8 + bytes.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, bytes])
}

/** Numbers of four bytes. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return bytes
}

export interface MadeSample {
  /** Empty: nothing is shown. */
  readonly text: string
  /** Milliseconds. */
  readonly duration: number
}

export interface MadeMovie {
  readonly samples: readonly MadeSample[]
  /** Of `stsz`; that of `samples` when absent. */
  readonly claimedSamples?: number
  readonly codec?: string
  /** Of its sample entry, behind the fields that all have. */
  readonly entry?: Buffer
  /** The bytes of a sample; timed text when absent. */
  readonly pack?: (text: string) => Buffer
}

function timedText(text: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(text))
  return Buffer.concat([length, Buffer.from(text)])
}

const LANGUAGE_GERMAN = (4 << 10) | (5 << 5) | 21

/** An MP4 film with one track of timed text (3GPP TS 26.245), `moov` behind its contents. */
export function makeTimedText(movie: MadeMovie): Buffer {
  const { samples, claimedSamples, codec = 'tx3g', pack = timedText } = movie
  const { entry = Buffer.alloc(30) } = movie
  const contents = samples.map(({ text }) => pack(text))
  const fileType = box('ftyp', Buffer.from('isom\0\0\0\0isom'))
  const data = box('mdat', ...contents)
  const total = samples.reduce((sum, { duration }) => sum + duration, 0)
  const sizes = contents.map(({ length }) => length)
  const table = box(
    'stbl',
    box('stsd', words(0, 1), box(codec, Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), entry)),
    box('stts', words(0, samples.length, ...samples.flatMap(({ duration }) => [1, duration]))),
    box('stsc', words(0, 1, 1, samples.length, 1)),
    box('stsz', words(0, 0, claimedSamples ?? samples.length, ...sizes)),
    box('stco', words(0, 1, fileType.length + 8)),
  )
  const handler = box('hdlr', words(0, 0), Buffer.from('sbtl'), words(0, 0, 0), Buffer.from('\0'))
  const media = box(
    'mdia',
    box('mdhd', words(0, 0, 0, 1_000, total, (LANGUAGE_GERMAN << 16) >>> 0)),
    handler,
    box('minf', box('nmhd', words(0)), table),
  )
  const track = box('trak', box('tkhd', words(1, 0, 0, 1, 0, 60_000), Buffer.alloc(60)), media)
  const header = box('mvhd', words(0, 0, 0, 1_000, 60_000), Buffer.alloc(80))
  return Buffer.concat([fileType, data, box('moov', header, track)])
}
