import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, link, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './program.ts'
import { DEBIAN_PYTHON } from './tools.ts'

/** Raised when what is made below changes; older media is simply not looked at any more. */
const MEDIA_VERSION = 2

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/tributary-e2e/', import.meta.url))
const MAKE_TORRENT = fileURLToPath(new URL('../peers/make_torrent.py', import.meta.url))

export const FILM_SECONDS = 60

/** Of a film, on a machine that is busy. */
const ENCODING_MS = 150_000

/** Names that have to survive percent-encoding, XML, shells and sorting. */
export const SHOW = {
  name: 'Ünïcode & Söhne (2026)',
  files: [
    { kind: 'film.mkv', path: ['Season 1', 'Küche & Bad – part 2.mkv'] },
    { kind: 'film.mp4', path: ['Season 1', 'part 10 #final.mp4'] },
    { kind: 'tone.mp3', path: ['Extras', "100% sine's theme.mp3"] },
    { kind: 'picture.jpg', path: ['cover.jpg'] },
  ],
} as const

export type MediaKind = (typeof SHOW.files)[number]['kind']

export interface Torrent {
  readonly name: string
  readonly infoHash: string
  /** The .torrent. */
  readonly path: string
  /** Absolute, in the order of the torrent's indices. */
  readonly files: readonly string[]
  /** The folder that holds the torrent's file or folder: what a seeder calls its download folder. */
  readonly parent: string
}

/** The path of a generated file: 60 s films of about 38 MB (Cues and moov at the end), a tone, a picture. */
export async function mediaFile(kind: MediaKind): Promise<string> {
  const folder = join(CACHE, `media-${MEDIA_VERSION}`)
  if (!existsSync(folder)) await makeMedia(folder)
  return join(folder, kind)
}

/** A torrent of one generated film under the given file name, in `folder`. */
export async function makeSingleFileTorrent(
  folder: string,
  name: string,
  kind: MediaKind = 'film.mkv',
): Promise<Torrent> {
  await place(kind, join(folder, name))
  return makeTorrent(folder, name)
}

/** The torrent of `SHOW`, in `folder`. */
export async function makeShowTorrent(folder: string): Promise<Torrent> {
  for (const file of SHOW.files) await place(file.kind, join(folder, SHOW.name, ...file.path))
  return makeTorrent(folder, SHOW.name)
}

/** A torrent of two episodes of a minute each. */
export async function makeSeriesTorrent(folder: string): Promise<Torrent> {
  const name = 'Show.S01.1080p'
  await place('film.mkv', join(folder, name, 'Show.S01E01.mkv'))
  await place('film.mp4', join(folder, name, 'Show.S01E02.mp4'))
  return makeTorrent(folder, name)
}

export const SUBTITLED = {
  name: 'Subtitled (2026)',
  film: 'River.mkv',
  /** A word of each: of the file beside the film, and of the track inside of it. */
  words: { beside: 'Übrigens', inside: 'Inside' },
} as const

/** A torrent of a film with a track of subtitles in it, and with a file of others in windows-1252 beside it. */
export async function makeSubtitledTorrent(folder: string): Promise<Torrent> {
  const place = join(folder, SUBTITLED.name)
  await mkdir(place)
  const inside = join(folder, 'inside.srt')
  await writeFile(
    inside,
    subtitles((index) => `${SUBTITLED.words.inside} ${index}`),
  )
  await ffmpeg([
    ...['-i', await mediaFile('film.mkv'), '-i', inside, '-map', '0', '-map', '1', '-c', 'copy'],
    ...['-metadata:s:s:0', 'language=eng', join(place, SUBTITLED.film)],
  ])
  const beside = subtitles(
    (index) => `${SUBTITLED.words.beside}, so schön wär’s für Gäste ${index}`,
  )
  const bytes = Buffer.from(beside.replaceAll('’', '\x92'), 'latin1')
  await writeFile(join(place, 'River.ger.srt'), bytes)
  return makeTorrent(folder, SUBTITLED.name)
}

/** A torrent of a Matroska and an MP4 film, each with one track of text inside of it, in German. */
export async function makeEmbeddedTorrent(folder: string): Promise<Torrent> {
  const name = 'Embedded (2026)'
  const place = join(folder, name)
  await mkdir(place)
  const text = join(folder, 'embedded.srt')
  await writeFile(
    text,
    subtitles((index) => `${SUBTITLED.words.inside} ${index}`),
  )
  const options = ['-map', '0', '-map', '1', '-c', 'copy', '-metadata:s:s:0', 'language=ger']
  await ffmpeg([
    ...['-i', await mediaFile('film.mkv'), '-i', text],
    ...options,
    join(place, 'a.mkv'),
  ])
  await ffmpeg([
    ...['-i', await mediaFile('film.mp4'), '-i', text, ...options, '-c:s', 'mov_text'],
    join(place, 'b.mp4'),
  ])
  return makeTorrent(folder, name)
}

/** One line for each second of a film. */
function subtitles(text: (index: number) => string): string {
  const time = (seconds: number): string => `00:00:${String(seconds).padStart(2, '0')},000`
  return Array.from(
    { length: FILM_SECONDS - 1 },
    (_, index) => `${index + 1}\n${time(index)} --> ${time(index + 1)}\n${text(index)}\n`,
  ).join('\n')
}

/** @param range inclusive; default the whole file */
export async function sha256OfFile(
  path: string,
  range: { readonly start?: number; readonly end?: number } = {},
): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, range)) hash.update(chunk)
  return hash.digest('hex')
}

async function makeTorrent(parent: string, name: string): Promise<Torrent> {
  const path = join(parent, `${name}.torrent`)
  const { stdout } = await run([DEBIAN_PYTHON, MAKE_TORRENT, join(parent, name), path])
  const made = JSON.parse(stdout) as { infoHash: string; files: readonly string[] }
  return { name, path, parent, ...made, files: made.files.map((file) => join(parent, file)) }
}

async function place(kind: MediaKind, target: string): Promise<void> {
  const source = await mediaFile(kind)
  await mkdir(join(target, '..'), { recursive: true })
  // A link costs nothing; across file systems it is not possible.
  await link(source, target).catch(() => copyFile(source, target))
}

async function makeMedia(folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  const draft = await mkdtemp(join(CACHE, 'draft-'))
  const film = join(draft, 'film.mkv')
  await ffmpeg([
    ...['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25,noise=alls=20:allf=t'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100'],
    ...['-t', `${FILM_SECONDS}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '5M'],
    ...['-pix_fmt', 'yuv420p', '-g', '25', '-c:a', 'aac', '-b:a', '128k', film],
  ])
  await ffmpeg(['-i', film, '-c', 'copy', join(draft, 'film.mp4')])
  await ffmpeg(['-i', film, '-vn', '-c:a', 'libmp3lame', '-b:a', '192k', join(draft, 'tone.mp3')])
  await ffmpeg(['-i', film, '-frames:v', '1', join(draft, 'picture.jpg')])
  await rename(draft, folder).catch(async (error) => {
    await rm(draft, { recursive: true })
    if (!existsSync(folder)) throw error // Otherwise another process was faster.
  })
  await stat(folder)
}

async function ffmpeg(options: readonly string[]): Promise<void> {
  await run(['ffmpeg', '-v', 'error', '-y', ...options], { timeoutMs: ENCODING_MS })
}
