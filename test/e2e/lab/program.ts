import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
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

const TERMINATION_MS = 3_000

/** A running program, the leader of its own process group. */
export class Program {
  readonly name: string
  readonly pid: number
  /** Resolves when the program itself ends; its children may live on. */
  readonly exited: Promise<ExitStatus>
  #child: ChildProcess
  #output = ''
  #stdout = ''

  static start(command: readonly string[], options: ProgramOptions = {}): Program {
    return new Program(command, options)
  }

  private constructor(command: readonly string[], options: ProgramOptions) {
    const [file = '', ...args] = prefixed(command, options)
    this.name = command[0] ?? ''
    this.#child = spawn(file, args, {
      cwd: options.cwd,
      detached: true,
      env: { ...process.env, ...options.env },
    })
    // `ip netns exec` and `setpriv` become the program that they start: the pid is the program's.
    this.pid = this.#child.pid ?? 0
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    this.exited.catch(() => {}) // Whoever waits for it sees the error; nobody has to.
    this.#child.stdin?.on('error', () => {}) // The program may be gone while we talk to it.
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#output += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
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
    return this.#child.exitCode === null && this.#child.signalCode === null
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
      () =>
        this.#output.slice(options.offset ?? 0).match(pattern) ?? (this.isRunning ? null : 'end'),
      options,
    )
    if (match === 'end') throw new Error(`${this.name} ended without ${pattern}:\n${this.output}`)
    return match
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** Does nothing when the group has ended: it may end at any time, also just before this call. */
  signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  get isGroupAlive(): boolean {
    try {
      process.kill(-this.pid, 0)
      return true
    } catch {
      return false
    }
  }

  /** Ends the whole group: SIGTERM, and SIGKILL for what is left after 3 s. */
  async terminate(): Promise<void> {
    if (!this.isGroupAlive) return
    this.signalGroup('SIGTERM')
    try {
      await waitFor('the group to end', () => !this.isGroupAlive, { timeoutMs: TERMINATION_MS })
    } catch {
      this.signalGroup('SIGKILL')
    }
  }
}

export interface Completed {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. @throws Error with its output when its exit code is not 0. */
export async function run(
  command: readonly string[],
  options: ProgramOptions & { input?: string } = {},
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
  await once(child, 'close')
  if (child.exitCode !== 0) {
    throw new Error(`${command.join(' ')} ended with ${child.exitCode}: ${stderr}${stdout}`)
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
