import { z } from 'zod'
import { readTorrentArguments } from '../app/torrent-arguments.ts'
import type { OtherCommand } from '../config/command-line.ts'
import { printable } from '../printable.ts'
import { CliError } from './cli-error.ts'
import { readAnswer } from './read-answer.ts'
import { clientOf } from './server-client.ts'
import { sizeText } from './size-text.ts'
import { textTable } from './text-table.ts'

type Of<K extends OtherCommand['kind']> = Extract<OtherCommand, { readonly kind: K }>

/** Standard output. */
export interface Output {
  write(text: string): unknown
}

const speed = z.object({ mbps: z.number() })

const listed = z.object({
  torrents: z.array(
    z.object({
      id: z.number(),
      info_hash: z.string(),
      name: z.string().nullable(),
      stats: z.object({
        state: z.string(),
        resolving: z.boolean().optional(),
        progress_bytes: z.number(),
        total_bytes: z.number(),
        finished: z.boolean(),
        live: z.object({ download_speed: speed, upload_speed: speed }).nullable(),
      }),
    }),
  ),
})

type Listed = z.output<typeof listed>['torrents'][number]

const added = z.object({
  id: z.number(),
  details: z.object({ info_hash: z.string(), name: z.string().nullable() }),
  already_there: z.boolean().optional(),
})

/** Rejects with CliError. */
export async function list({ target, asJson }: Of<'list'>, output: Output): Promise<void> {
  const client = await clientOf(target)
  const answer = await client.ask({ method: 'GET', path: 'torrents?with_stats=true' })
  if (asJson) {
    output.write(`${JSON.stringify(answer, null, 2)}\n`)
    return
  }
  const { torrents } = readAnswer(listed, answer, client.url)
  if (torrents.length === 0) output.write(`no torrents at ${client.url}\n`)
  else output.write(`${textTable([HEADINGS, ...torrents.map(rowOf)]).join('\n')}\n`)
}

/** Adds all of them, the good ones too where others are not. Rejects with CliError. */
export async function add(command: Of<'add'>, output: Output): Promise<void> {
  const { target, torrents, peers, isPaused, outputFolder } = command
  // Read here, as the server may run elsewhere.
  const given = await readTorrentArguments(torrents)
  const client = await clientOf(target)
  const query = new URLSearchParams({
    wait: 'false',
    ...(isPaused ? { paused: 'true' } : {}),
    ...(outputFolder === null ? {} : { output_folder: outputFolder }),
    ...(peers.length === 0 ? {} : { initial_peers: peers.join(',') }),
  })
  await eachOf(given, async ({ text, source }) => {
    const body = source.kind === 'torrent-file' ? source.bytes : text
    const answer = await client.ask({ method: 'POST', path: `torrents?${query}`, body })
    const { id, details, already_there: isOld } = readAnswer(added, answer, client.url)
    output.write(
      `${isOld ? 'already there:' : 'added'} ${id} ${printable(details.name ?? details.info_hash)}\n`,
    )
  })
}

/** Removes all that are there, also where others are not. Rejects with CliError. */
export async function remove(command: Of<'remove'>, output: Output): Promise<void> {
  const { target, ids, deleteFiles } = command
  const client = await clientOf(target)
  await eachOf(ids, async (id) => {
    const path = `torrents/${encodeURIComponent(id)}/${deleteFiles ? 'delete' : 'forget'}`
    const answer = await client.ask({ method: 'POST', path })
    output.write(`removed ${printable(id)}\n`)
    const left = z.object({
      not_deleted: z.array(z.object({ path: z.string(), reason: z.string() })),
    })
    for (const { path, reason } of left.safeParse(answer).data?.not_deleted ?? []) {
      output.write(`not deleted: ${printable(path)} (${printable(reason)})\n`)
    }
  })
}

/** Shorter than what a health check waits. */
const HEALTH_SILENCE_MS = 4_000

/** Rejects with CliError where no server runs, or it is not well. */
export async function health({ target }: Of<'health'>, output: Output): Promise<void> {
  const client = await clientOf(target, HEALTH_SILENCE_MS)
  await client.ask({ method: 'GET', path: 'healthz' })
  output.write('ok\n')
}

/** Does all of them, then rejects with a CliError that has each complaint. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const complaints: string[] = []
  for (const item of items) {
    try {
      await act(item)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      complaints.push(error.message)
    }
  }
  if (complaints.length > 0) throw new CliError([...new Set(complaints)].join('; '))
}

const HEADINGS = ['ID', 'STATE', 'DONE', 'SIZE', 'DOWN', 'UP', 'NAME']
const BYTES_PER_MIB = 1024 * 1024

function rowOf({ id, name, info_hash, stats }: Listed): readonly string[] {
  const { progress_bytes, total_bytes, live } = stats
  const share = total_bytes === 0 ? 0 : progress_bytes / total_bytes
  // `mbps` is MiB/s in rqbit's API.
  const rate = (value: number | undefined): string => {
    return value === undefined || value === 0 ? '-' : `${sizeText(value * BYTES_PER_MIB)}/s`
  }
  return [
    String(id),
    stateOf(stats),
    stats.finished ? '100 %' : `${Math.min(99, Math.floor(share * 100))} %`,
    total_bytes === 0 ? '-' : sizeText(total_bytes),
    rate(live?.download_speed.mbps),
    rate(live?.upload_speed.mbps),
    printable(name ?? info_hash),
  ]
}

function stateOf({ state, resolving, finished }: Listed['stats']): string {
  if (resolving === true) return 'resolving'
  if (state === 'initializing') return 'checking'
  if (state === 'live') return finished ? 'seeding' : 'downloading'
  return state
}
