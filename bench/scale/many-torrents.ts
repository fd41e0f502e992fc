import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PIECE_BYTES = 1024 * 1024
const PIECE_HASH = createHash('sha1').update(Buffer.alloc(PIECE_BYTES)).digest()

/** What a torrent of the benchmark is left doing; in a hundred of them so many. */
const SHARES = { seeding: 30, 'finished, paused': 49, 'paused half-way': 20, downloading: 1 }
type Kind = keyof typeof SHARES
const KINDS = (Object.keys(SHARES) as Kind[]).flatMap((kind) =>
  Array.from({ length: SHARES[kind] }, () => kind),
)

export interface MadeTorrent {
  readonly name: string
  readonly infoHash: string
  readonly torrentFile: Buffer
  readonly files: readonly { readonly path: string; readonly length: number }[]
  readonly pieceCount: number
}

/** Every tenth is a season of ten episodes, the others films with subtitles; all bytes are zeros. */
export function madeTorrent(index: number): MadeTorrent {
  const isSeason = index % 10 === 0
  const name = isSeason
    ? `Some Show ${index % 400}.S${String((index % 9) + 1).padStart(2, '0')}.1080p.WEB-DL.${index}`
    : `A Film With A Name ${index} (${1950 + (index % 75)}) 1080p BluRay x264`
  const pieces = 300 + ((index * 7919) % 1_200)
  const paths = isSeason
    ? Array.from({ length: 10 }, (_, episode) => `Some.Show.${index % 400}.S01E${episode + 1}.mkv`)
    : [`A.Film.With.A.Name.${index}.mkv`, `A.Film.With.A.Name.${index}.en.srt`, 'info.nfo']
  const files = paths.map((path, place) => {
    // Only the last film or episode makes up for what the small files leave.
    const small = isSeason ? 0 : place === 0 ? -(PIECE_BYTES / 8) : PIECE_BYTES / 16
    const whole = isSeason ? Math.floor(pieces / 10) : place === 0 ? pieces : 0
    return { path, length: whole * PIECE_BYTES + small }
  })
  const length = files.reduce((sum, file) => sum + file.length, 0)
  const pieceCount = Math.ceil(length / PIECE_BYTES)
  const entries = files.map((file) => `d6:lengthi${file.length}e4:pathl${bencoded(file.path)}ee`)
  const info = Buffer.concat([
    Buffer.from(`d5:filesl${entries.join('')}e4:name${bencoded(name)}`),
    Buffer.from(`12:piece lengthi${PIECE_BYTES}e6:pieces${pieceCount * 20}:`),
    ...Array.from({ length: pieceCount }, () => PIECE_HASH),
    Buffer.from('e'),
  ])
  return {
    ...{ name, files, pieceCount },
    torrentFile: Buffer.concat([Buffer.from('d4:info'), info, Buffer.from('e')]),
    infoHash: createHash('sha1').update(info).digest('hex'),
  }
}

/**
 * A data folder as a server leaves it that has had so many torrents for a while: files of the finished
 * ones on the disk (they have no blocks), their resume data, and what was found out of them.
 */
export function makeDataFolder(folder: string, count: number): void {
  const state = join(folder, '.tributary')
  mkdirSync(join(state, 'facts'), { recursive: true })
  const records = Array.from({ length: count }, (_, id) => {
    const torrent = madeTorrent(id)
    const kind = KINDS[(id * 37) % 100] ?? 'seeding'
    writeFileSync(join(state, `${torrent.infoHash}.torrent`), torrent.torrentFile)
    const isFinished = kind === 'seeding' || kind === 'finished, paused'
    writeFileSync(
      join(state, `${torrent.infoHash}.resume`),
      resumeData(folder, torrent, isFinished),
    )
    const facts = torrent.files.map((_, file) => `{"file":${file},"facts":null}\n`)
    if (isFinished) writeFileSync(join(state, 'facts', `${torrent.infoHash}.jsonl`), facts.join(''))
    return {
      ...{ id, infoHash: torrent.infoHash, name: torrent.name },
      addedAt: new Date(1_700_000_000_000 + id * 60_000),
      isPaused: kind === 'finished, paused' || kind === 'paused half-way',
      ...{ onlyFiles: null, outputFolder: torrent.name, wantedFolder: null, adopt: true },
      trackers: ['udp://127.0.0.1:9/announce'],
      ...{ exactSources: [], peers: [] },
    }
  })
  writeFileSync(
    join(state, 'session.json'),
    JSON.stringify({ nextId: count, torrents: records }, null, 1),
  )
}

function resumeData(folder: string, torrent: MadeTorrent, isFinished: boolean): string {
  const pieces = Buffer.alloc(Math.ceil(torrent.pieceCount / 8))
  const marks = new Float64Array(torrent.files.length * 2).fill(Number.NaN)
  if (isFinished) {
    for (let piece = 0; piece < torrent.pieceCount; piece++) {
      pieces[piece >> 3] = (pieces[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
    }
    for (const [index, { path, length }] of torrent.files.entries()) {
      const full = join(folder, torrent.name, path)
      mkdirSync(dirname(full), { recursive: true })
      const fd = openSync(full, 'w')
      ftruncateSync(fd, length)
      closeSync(fd)
      const { size, mtimeMs } = statSync(full)
      marks.set([size, mtimeMs], index * 2)
    }
  }
  return JSON.stringify({
    pieces: pieces.toString('base64'),
    marks: Buffer.from(marks.buffer).toString('base64'),
    ...{ kept: [], names: [] },
  })
}

function bencoded(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`
}
