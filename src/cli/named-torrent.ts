import { z } from 'zod'
import { readTorrentArguments } from '../app/torrent-arguments.ts'
import { mediaTypeOf } from '../media/media-type.ts'
import { compareNatural } from '../media/natural-order.ts'
import { printable } from '../printable.ts'
import { CliError } from './cli-error.ts'
import { readAnswer } from './read-answer.ts'
import type { ServerClient } from './server-client.ts'

const named = z.object({ id: z.number(), info_hash: z.string(), name: z.string().nullable() })
const listed = z.object({ torrents: z.array(named) })
const added = z.object({ id: z.number() })
const detailed = z.object({
  info_hash: z.string(),
  files: z.array(z.object({ name: z.string(), length: z.number() })).nullish(),
})

/** Files that a complaint names. */
const MOST_NAMED = 20
/** Larger than the second by so much, a file is the film and the others are extras. */
const FILM_FACTOR = 3

/** A file of a torrent of a server. */
export interface NamedFile {
  readonly torrent: string
  readonly fileIndex: number
  readonly name: string
}

/**
 * Finds what a person named: a torrent by id, info hash or a part of its name, or else one to be added;
 * its file by number or a part of its name, or else its only film. Rejects with CliError.
 */
export async function namedFile(
  client: ServerClient,
  torrent: string,
  file: string | null,
): Promise<NamedFile> {
  const id = (await knownTorrent(client, torrent)) ?? (await addedTorrent(client, torrent))
  const answer = await client.ask({ method: 'GET', path: `torrents/${id}` })
  const { info_hash: infoHash, files } = readAnswer(detailed, answer, client.url)
  const playable = (files ?? []).flatMap(({ name, length }, fileIndex) => {
    const kind = mediaTypeOf(name)?.kind
    return kind === undefined || kind === 'subtitle' ? [] : [{ name, length, fileIndex }]
  })
  if (playable.length === 0) throw new CliError(`nothing in ${printable(torrent)} can be played`)
  const found = file === null ? onlyFilm(playable) : fileNamed(playable, file)
  if (found !== undefined)
    return { torrent: infoHash, fileIndex: found.fileIndex, name: found.name }
  const names = playable
    .toSorted((a, b) => compareNatural(a.name, b.name))
    .slice(0, MOST_NAMED)
    .map(({ fileIndex, name }) => `  ${fileIndex}  ${printable(name)}`)
  const more = playable.length > MOST_NAMED ? ['  …'] : []
  const complaint = file === null ? 'which file?' : `no one file is "${printable(file)}":`
  throw new CliError(complaint, { list: [...names, ...more] })
}

async function knownTorrent(client: ServerClient, text: string): Promise<number | null> {
  const answer = await client.ask({ method: 'GET', path: 'torrents' })
  const { torrents } = readAnswer(listed, answer, client.url)
  const wanted = text.toLowerCase()
  const exact = torrents.find(
    ({ id, info_hash, name }) =>
      String(id) === text || info_hash === wanted || name?.toLowerCase() === wanted,
  )
  if (exact !== undefined) return exact.id
  const alike = torrents.filter(({ name }) => name?.toLowerCase().includes(wanted))
  if (alike.length > 1) {
    const names = alike
      .slice(0, MOST_NAMED)
      .map(({ id, name }) => `  ${id}  ${printable(name ?? '')}`)
    throw new CliError(`several torrents are called "${printable(text)}":`, { list: names })
  }
  return alike[0]?.id ?? null
}

/** Waits until it is known what is in it. */
async function addedTorrent(client: ServerClient, text: string): Promise<number> {
  if (/^\d{1,9}$/.test(text)) throw new CliError(`the server has no torrent ${text}`)
  const [given] = await readTorrentArguments([text])
  const { source } = given ?? {}
  const body = source?.kind === 'torrent-file' ? source.bytes : text
  const answer = await client.ask({ method: 'POST', path: 'torrents?overwrite=true', body })
  return readAnswer(added, answer, client.url).id
}

interface Playable {
  readonly name: string
  readonly length: number
  readonly fileIndex: number
}

function onlyFilm(files: readonly Playable[]): Playable | undefined {
  const [largest, second] = files.toSorted((a, b) => b.length - a.length)
  if (largest === undefined || second === undefined) return largest
  return largest.length >= second.length * FILM_FACTOR ? largest : undefined
}

function fileNamed(files: readonly Playable[], text: string): Playable | undefined {
  const byIndex = files.find(({ fileIndex }) => String(fileIndex) === text)
  const wanted = text.toLowerCase()
  const alike = files.filter(({ name }) => name.toLowerCase().includes(wanted))
  return byIndex ?? (alike.length === 1 ? alike[0] : undefined)
}
