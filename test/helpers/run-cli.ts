import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { BUILD } from './build.ts'
import { within } from './within.ts'

const CLI = fileURLToPath(new URL('cli.js', BUILD))

/** Nobody but this machine, no port that anybody else may want. */
export const ALONE = [
  ...['--host', '127.0.0.1', '--port', '0', '--peer-port', '0'],
  ...['--no-dht', '--no-lsd', '--no-trackers', '--no-port-forward'],
]

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What the log says in one line when the server is up. */
export interface Started {
  readonly localUrl: string
  readonly folder: string
  readonly peerPort: number
}

/** The program as it is started by a person; standard output is no terminal. It ends with its test. */
export class RunningCli {
  readonly process: ChildProcess
  readonly outcome: Promise<Outcome>
  readonly started: Promise<Started>

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [CLI, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...env },
    })
    this.process = child
    let stdout = ''
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    this.outcome = new Promise((resolve) => {
      child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
    })
    this.started = new Promise((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => {
        stdout += `${line}\n`
        if (line.includes('"msg":"server started"')) resolve(JSON.parse(line))
      })
      void this.outcome.then(() => reject(new Error(`it has not started: ${stderr}${stdout}`)))
    })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await within('the killed program to be gone', this.outcome)
    })
    // Not every test waits for the start.
    this.started.catch(() => {})
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal)
  }
}
