import { createHash } from 'node:crypto'

const LEVELS = 8
const FILES_PER_FOLDER = 50
const FILE_BYTES = 1_000
const PIECE_BYTES = 256 * 1_024

export interface ManyFiles {
  readonly torrentFile: Buffer
  readonly infoHash: string
}

/** A torrent of many small files of zeros, in folders of 8 levels, named as series are. */
export function manyFilesTorrent(files: number): ManyFiles {
  return torrentOf(files, pathOf)
}

/** The same in one folder. */
export function flatTorrent(files: number): ManyFiles {
  return torrentOf(files, (index) => [
    'All',
    `Show ${index % 7}.S${index % 90}E${index % 113}.${index}.1080p.mkv`,
  ])
}

function torrentOf(files: number, pathOf: (index: number) => readonly string[]): ManyFiles {
  const entries = Array.from({ length: files }, (_, index) => {
    const path = pathOf(index).map(bencoded).join('')
    return `d6:lengthi${FILE_BYTES}e4:pathl${path}ee`
  })
  const pieceCount = Math.ceil((files * FILE_BYTES) / PIECE_BYTES)
  const whole = createHash('sha1').update(Buffer.alloc(PIECE_BYTES)).digest()
  const rest = files * FILE_BYTES - (pieceCount - 1) * PIECE_BYTES
  const last = createHash('sha1').update(Buffer.alloc(rest)).digest()
  const info = Buffer.concat([
    Buffer.from(`d5:filesl${entries.join('')}e4:name${bencoded(`Many ${files}`)}`),
    Buffer.from(`12:piece lengthi${PIECE_BYTES}e6:pieces${pieceCount * 20}:`),
    ...Array.from({ length: pieceCount - 1 }, () => whole),
    last,
    Buffer.from('e'),
  ])
  return {
    torrentFile: Buffer.concat([Buffer.from('d4:info'), info, Buffer.from('e')]),
    infoHash: createHash('sha1').update(info).digest('hex'),
  }
}

/** Seven folders and a file: `Show 3/Season 01/…/S01E02.mkv`. */
function pathOf(index: number): string[] {
  const folder = Math.floor(index / FILES_PER_FOLDER)
  const folders = Array.from({ length: LEVELS - 1 }, (_, level) => {
    const among = Math.floor(folder / 4 ** (LEVELS - 2 - level))
    return level === 0 ? `Show ${among}` : `Season ${String(among % 4).padStart(2, '0')}`
  })
  return [...folders, `S01E${String(index % FILES_PER_FOLDER).padStart(2, '0')} ${index}.mkv`]
}

function bencoded(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`
}
