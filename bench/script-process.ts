import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
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
  #waiting: Waiting<Answer>[] = []

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
    this.#child.on('error', (error) => this.#fail(error))
    this.#child.on('exit', (code) => this.#fail(new Error(`${script} exited with ${code}`)))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async ask(command: Command): Promise<Answer> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.send(command, (error) => {
        if (error) this.#fail(error)
      })
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
  }
}
