import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host, Lab } from '../lab/lab.ts'
import type { Program } from '../lab/program.ts'
import { waitFor } from '../lab/wait-for.ts'

export interface PlaylistEntry {
  readonly number: number
  /** 0 for VLC's own roots, 1 for servers, 2 for what they hold, ... */
  readonly depth: number
  readonly title: string
  /** Whether it is the one that plays, or was the last to. */
  readonly isCurrent: boolean
}

/** How far it may have played before we look. */
const TOLERANCE_SECONDS = 8

const ENTRY = /^\|( *)(\*?)(\d+) - (.*?)(?: \(\d\d:\d\d:\d\d\))?(?: \[played .*\])?$/

/** VLC without a window, driven by its remote control. */
export class Vlc {
  #program: Program
  #commandCount = 0

  static async start(lab: Lab, host: Host): Promise<Vlc> {
    const home = join(lab.folder, `vlc-${host.address}`)
    await mkdir(home)
    await chmod(home, 0o777) // VLC refuses to be root.
    const program = host.start(
      ['cvlc', '-I', 'rc', '--rc-fake-tty', '--no-video', '--aout=dummy'],
      { unprivileged: true, env: { HOME: home, XDG_RUNTIME_DIR: home } },
    )
    await program.waitForOutput(/Command Line Interface initialized/)
    return new Vlc(program)
  }

  private constructor(program: Program) {
    this.#program = program
  }

  /** Turns on the search for media servers; no address is given. */
  async searchNetwork(): Promise<void> {
    await this.#command('sd upnp')
  }

  /** Waits until a server is listed. */
  async finds(name: string): Promise<void> {
    await waitFor(`"${name}" in VLC`, async () =>
      (await this.playlist()).some(({ title }) => title === name),
    )
  }

  async playlist(): Promise<readonly PlaylistEntry[]> {
    const lines = (await this.#command('playlist')).split('\n')
    return lines.flatMap((line) => {
      const [, indent = '', star = '', number = '', title = ''] = line.trimEnd().match(ENTRY) ?? []
      if (title === '') return []
      const depth = (indent.length + star.length) >> 1
      return [{ number: Number(number), depth, title, isCurrent: star !== '' }]
    })
  }

  /** Opens one entry after the other as a person does: it waits for each to appear below the one before. */
  async open(path: readonly string[]): Promise<void> {
    let parent: PlaylistEntry | undefined
    for (const title of path) {
      const entry = await waitFor(
        `"${title}" in VLC`,
        async () => below(await this.playlist(), parent).find((one) => one.title === title),
        { intervalMs: 250 },
      )
      await this.#command(`goto ${entry.number}`)
      parent = entry
    }
  }

  /** Seconds; undefined while nothing plays. */
  async time(): Promise<number | undefined> {
    return parseSeconds(await this.#command('get_time'))
  }

  /** Seconds. */
  async length(): Promise<number | undefined> {
    return parseSeconds(await this.#command('get_length'))
  }

  /** What it calls the tracks of subtitles of what it plays, inside and beside. */
  async subtitles(): Promise<readonly string[]> {
    const answer = await this.#command('strack')
    return [...answer.matchAll(/^\| (?!-1 )(\d+ - .*?)\s*$/gm)].map(([, name = '']) => name)
  }

  async seek(seconds: number): Promise<void> {
    await this.#command(`seek ${seconds}`)
  }

  /** Waits until it plays between `seconds` and a few seconds later: it has got there, and it goes on. */
  async timePasses(seconds: number): Promise<void> {
    await waitFor(
      `VLC to play at ${seconds} s`,
      async () => {
        const time = await this.time()
        return time !== undefined && time > seconds && time < seconds + TOLERANCE_SECONDS
      },
      { timeoutMs: 40_000 },
    )
  }

  /** The command's answer: what VLC prints until it complains about the unknown command sent after it. */
  async #command(command: string): Promise<string> {
    this.#commandCount += 1
    const mark = `mark${this.#commandCount}`
    const offset = this.#program.output.length
    this.#program.writeLine(command)
    this.#program.writeLine(mark)
    await this.#program.waitForOutput(new RegExp(`Unknown command .${mark}'`), {
      offset,
      intervalMs: 20,
    })
    return this.#program.output.slice(offset)
  }
}

/** The entries under `parent`, at any depth; without one, all. */
function below(
  entries: readonly PlaylistEntry[],
  parent: PlaylistEntry | undefined,
): readonly PlaylistEntry[] {
  if (!parent) return entries
  const start = entries.findIndex(({ number }) => number === parent.number) + 1
  const length = entries.slice(start).findIndex(({ depth }) => depth <= parent.depth)
  return entries.slice(start, length === -1 ? undefined : start + length)
}

function parseSeconds(answer: string): number | undefined {
  const digits = answer.match(/^(?:> )*(\d+)\r?$/m)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
