import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/**
 * One of our own scripts in a child process, asked and answering in turn over IPC. It ends itself
 * when the channel closes, so it never outlives us.
 */
export class ScriptProcess<Command extends object, Answer> {
  readonly #child: ChildProcess
  /** Settles once, also where it could not be started. */
  readonly #ended: Promise<void>
  #waiting: Waiting<Answer>[] = []
  #end: Error | null = null

  /** @param prefix a command that runs the rest of its line elsewhere, as `ip netns exec NAME` does */
  constructor(script: string, prefix: readonly string[] = []) {
    const line = [...prefix, process.execPath, '--import', import.meta.resolve('tsx'), script]
    this.#child = spawn(line[0] ?? process.execPath, line.slice(1), {
      cwd: REPOSITORY,
      // JSON, the other choice, has no Infinity.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#fail(error)
        if (this.#child.pid === undefined) resolve()
      })
      // Its last answer may be read after its exit, and before its channel is closed.
      this.#child.once('close', (code, signal) => {
        this.#fail(new Error(`${script} exited with ${code ?? signal}`))
        resolve()
      })
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Rejects once it has ended, with how. */
  async ask(command: Command): Promise<Answer> {
    return await new Promise((resolve, reject) => {
      if (this.#end !== null) return reject(this.#end)
      this.#waiting.push({ resolve, reject })
      this.#child.send(command, (error) => {
        // Where it has ended meanwhile, that is told by its end.
        if (error && this.#child.connected) this.#fail(error)
      })
    })
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #fail(error: Error): void {
    this.#end ??= error
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
  }
}
