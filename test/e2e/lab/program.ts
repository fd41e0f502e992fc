import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { LONG_MS, within } from '../../helpers/within.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

export interface ProgramOptions {
  readonly namespace?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Run as nobody, for programs that refuse to be root. */
  readonly unprivileged?: boolean
}

export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** In place of a pid; 0 would be our own group. */
const NEVER_STARTED = -1

/** What a program wrote before it ended is read by then, also where others hold on to its output. */
const LAST_WORDS_MS = 500

const TERMINATION_MS = 10_000

/** Of a program that is run to its end. */
const RUN_MS = 60_000

const TAIL_CHARACTERS = 2_000

/** A running program, the leader of its own process group. */
export class Program {
  readonly name: string
  readonly pid: number
  /** Resolves when the program itself has ended and all that it wrote is here; its children may live on. */
  readonly exited: Promise<ExitStatus>
  readonly #child: ChildProcess
  #isOver = false
  #output = ''
  #stdout = ''

  static start(command: readonly string[], options: ProgramOptions = {}): Program {
    return new Program(command, options)
  }

  private constructor(command: readonly string[], options: ProgramOptions) {
    const [file = '', ...args] = prefixed(command, options)
    this.name = command[0] ?? ''
    const child = spawn(file, args, {
      cwd: options.cwd,
      detached: true,
      env: { ...process.env, ...options.env },
    })
    this.#child = child
    // `ip netns exec` and `setpriv` become the program that they start: the pid is the program's.
    this.pid = child.pid ?? NEVER_STARTED
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', async (code, signal) => {
        await Promise.race([closed, delay(LAST_WORDS_MS)])
        this.#isOver = true
        resolve({ code, signal })
      })
    })
    this.exited.catch(() => {
      this.#isOver = true
    }) // Whoever waits for it sees the error; nobody has to.
    child.stdin.on('error', () => {}) // The program may be gone while we talk to it.
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
    })
  }

  /** Everything written so far, standard output and error mixed. */
  get output(): string {
    return this.#output
  }

  get stdout(): string {
    return this.#stdout
  }

  get isRunning(): boolean {
    const { exitCode, signalCode } = this.#child
    return this.pid !== NEVER_STARTED && exitCode === null && signalCode === null
  }

  /** Waits for the end, but not for ever. */
  async ended(timeoutMs = LONG_MS): Promise<ExitStatus> {
    try {
      return await within(`the end of ${this.name}`, this.exited, timeoutMs)
    } catch (error) {
      throw new Error(`${error}\n${this.output.slice(-TAIL_CHARACTERS)}`, { cause: error })
    }
  }

  writeLine(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  /** Waits for a match in the output from `offset` on; fails at once when the program ends without it. */
  async waitForOutput(
    pattern: RegExp,
    options: WaitOptions & { offset?: number } = {},
  ): Promise<RegExpMatchArray> {
    const match = await waitFor(
      `${pattern} from ${this.name}`,
      () => this.#output.slice(options.offset ?? 0).match(pattern) ?? (this.#isOver ? 'end' : null),
      options,
    )
    if (match === 'end') throw new Error(`${this.name} ended without ${pattern}:\n${this.output}`)
    return match
  }

  /** To the program itself. @throws Error when it has ended by itself before */
  signal(signal: NodeJS.Signals): void {
    if (this.isRunning && this.#child.kill(signal)) return
    throw new Error(`${this.name} has ended before ${signal}:\n${this.output}`)
  }

  /** Does nothing when the group has ended: it may end at any time, also just before this call. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.pid === NEVER_STARTED) return
    try {
      process.kill(-this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  get isGroupAlive(): boolean {
    if (this.pid === NEVER_STARTED) return false
    try {
      process.kill(-this.pid, 0)
      return true
    } catch {
      return false
    }
  }

  /** Ends the whole group: SIGTERM, and SIGKILL for what is left after `patienceMs`. */
  async terminate(patienceMs = TERMINATION_MS): Promise<void> {
    if (!this.isGroupAlive) return
    this.signalGroup('SIGTERM')
    try {
      await waitFor('the group to end', () => !this.isGroupAlive, { timeoutMs: patienceMs })
    } catch {
      this.signalGroup('SIGKILL')
    }
    await this.ended()
  }
}

export interface Completed {
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions extends ProgramOptions {
  readonly input?: string
  /** Default a minute. */
  readonly timeoutMs?: number
}

/** Runs a program to its end. @throws Error with its output when its exit code is not 0, or it takes too long */
export async function run(
  command: readonly string[],
  options: RunOptions = {},
): Promise<Completed> {
  const [file = '', ...args] = prefixed(command, options)
  const child = spawn(file, args, { cwd: options.cwd, env: { ...process.env, ...options.env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {}) // A program that does not read its input is no error.
  child.stdin.end(options.input ?? '')
  const line = command.join(' ')
  try {
    await within(`the end of ${line}`, once(child, 'close'), options.timeoutMs ?? RUN_MS)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${error}: ${stderr}${stdout}`, { cause: error })
  }
  if (child.exitCode !== 0) {
    throw new Error(`${line} ended with ${child.exitCode ?? child.signalCode}: ${stderr}${stdout}`)
  }
  return { stdout, stderr }
}

/** The command line with what puts it into its namespace and takes its rights away. */
export function prefixed(
  command: readonly string[],
  { namespace, unprivileged }: ProgramOptions,
): readonly string[] {
  const user = unprivileged
    ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups']
    : []
  return [...(namespace ? ['ip', 'netns', 'exec', namespace] : []), ...user, ...command]
}
