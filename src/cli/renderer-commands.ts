import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { OtherCommand } from '../config/command-line.ts'
import { printable } from '../printable.ts'
import { CliError } from './cli-error.ts'
import { namedFile } from './named-torrent.ts'
import { readAnswer } from './read-answer.ts'
import { clientOf, type ServerClient } from './server-client.ts'
import type { Output } from './server-commands.ts'
import { textTable } from './text-table.ts'

type Of<K extends OtherCommand['kind']> = Extract<OtherCommand, { readonly kind: K }>

const listed = z.object({
  renderers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      model: z.string().nullable(),
      address: z.string(),
      problem: z.string().nullable(),
      playback: z.object({
        state: z.string(),
        title: z.string().nullable(),
        position_s: z.number().nullable(),
        duration_s: z.number().nullable(),
      }),
    }),
  ),
})

type Listed = z.output<typeof listed>['renderers'][number]

/** Renderers answer within 3 s of being looked for, and then they are asked who they are. */
const SEARCH_MS = 4_000
const LOOK_MS = 500
/** A TV that asks its owner for permission takes as long as its owner, at most 30 s, twice. */
const PLAY_SILENCE_MS = 120_000
const HEADINGS = ['NAME', 'ADDRESS', 'STATE', 'PLAYS']

/** Rejects with CliError. */
export async function renderers(
  { target, asJson, isSearch }: Of<'renderers'>,
  output: Output,
): Promise<void> {
  const client = await clientOf(target)
  if (isSearch) {
    await client.ask({ method: 'POST', path: 'renderers/search' })
    await delay(SEARCH_MS)
  }
  const answer = await client.ask({ method: 'GET', path: 'renderers' })
  if (asJson) {
    output.write(`${JSON.stringify(answer, null, 2)}\n`)
    return
  }
  const found = readAnswer(listed, answer, client.url).renderers
  if (found.length === 0) output.write(`no renderers known at ${client.url} (try --search)\n`)
  else output.write(`${textTable([HEADINGS, ...found.map(rowOf)]).join('\n')}\n`)
}

/** Rejects with CliError. */
export async function play(command: Of<'play'>, output: Output): Promise<void> {
  const client = await clientOf(command.target, PLAY_SILENCE_MS)
  const renderer = await namedRenderer(client, command.on)
  const { torrent, fileIndex, name } = await namedFile(client, command.torrent, command.file)
  const path = `renderers/${encodeURIComponent(renderer.id)}/${command.isNext ? 'next' : 'play'}`
  const position = command.isNext || command.from === 0 ? {} : { position: command.from }
  await client.ask({ method: 'POST', path, json: { torrent, file: fileIndex, ...position } })
  const done = command.isNext ? 'next' : 'playing'
  output.write(`${done} on ${printable(renderer.name)}: ${printable(name)}\n`)
}

/** Looks for it where it is not known yet. */
async function namedRenderer(client: ServerClient, name: string | null): Promise<Listed> {
  let known = await knownRenderers(client)
  const isKnown = (): boolean => matching(known, name).length > 0
  if (!isKnown()) await client.ask({ method: 'POST', path: 'renderers/search' })
  for (let waited = 0; waited < SEARCH_MS && !isKnown(); waited += LOOK_MS) {
    await delay(LOOK_MS)
    known = await knownRenderers(client)
  }
  const [found, other] = matching(known, name)
  if (found !== undefined && other === undefined) return found
  if (known.length === 0) throw new CliError('no TV was found that can be played to')
  const names = known.map((one) => `  ${printable(one.name)} (${one.address})`)
  const complaint =
    found === undefined ? `no TV is called "${printable(name ?? '')}":` : 'which TV? (--on)'
  throw new CliError(complaint, { list: names })
}

async function knownRenderers(client: ServerClient): Promise<readonly Listed[]> {
  const answer = await client.ask({ method: 'GET', path: 'renderers' })
  return readAnswer(listed, answer, client.url).renderers
}

/** By id, address or whole name; otherwise by a part of the name. */
function matching(known: readonly Listed[], name: string | null): readonly Listed[] {
  if (name === null) return known
  const wanted = name.toLowerCase()
  const exact = known.filter(
    (one) => one.id === name || one.address === name || one.name.toLowerCase() === wanted,
  )
  if (exact.length > 0) return exact
  return known.filter((one) => one.name.toLowerCase().includes(wanted))
}

function rowOf({ name, address, problem, playback }: Listed): readonly string[] {
  const { state, title, position_s: position, duration_s: duration } = playback
  const times = [position, duration].filter((time) => time !== null).map(clockText)
  const plays = title === null ? '-' : [printable(title), times.join('/')].join(' ').trim()
  return [printable(name), address, state, problem === null ? plays : printable(problem)]
}

function clockText(time: number): string {
  const whole = Math.floor(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${Math.floor(whole / 3_600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}
