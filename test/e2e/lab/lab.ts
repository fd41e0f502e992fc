import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFailed, onTestFinished } from 'vitest'
import { CleanUp } from './clean-up.ts'
import { nextLabName } from './lab-name.ts'
import { deleteNamespace, ipBatch, pidsIn } from './namespaces.ts'
import { type Completed, Program, type ProgramOptions, type RunOptions, run } from './program.ts'

const FAILURE_TAIL_CHARACTERS = 20_000

/** Whoever ends no sooner when its lab does is killed. */
const PATIENCE_MS = 3_000

/** A machine of the lab: a network namespace. */
export interface Host {
  readonly namespace: string
  readonly interfaceName: string
  readonly address: string
  start(command: readonly string[], options?: ProgramOptions): Program
  run(command: readonly string[], options?: RunOptions): Promise<Completed>
  pids(): Promise<readonly number[]>
}

/**
 * Two networks that meet at the server only: `first` (10.78.1.2) reaches it at 10.78.1.1 on e1,
 * `second` (10.78.2.2) at 10.78.2.1 on e2. All that runs in a lab ends with its test.
 */
export class Lab {
  /** Temporary, readable by everybody, removed with the lab. */
  readonly folder: string
  /** What `first` and `second` have to call the server. */
  readonly serverAddresses = ['10.78.1.1', '10.78.2.1'] as const
  readonly server: Host
  readonly first: Host
  readonly second: Host
  #name: string
  #programs: Program[] = []
  #mounts: string[] = []

  private constructor(name: string, folder: string) {
    this.#name = name
    this.folder = folder
    this.server = this.#host('server', 'e1', '10.78.1.1')
    this.first = this.#host('first', 'e0', '10.78.1.2')
    this.second = this.#host('second', 'e0', '10.78.2.2')
  }

  /** Inside a test only. When the test fails, the programs' last words are printed. */
  static async open(): Promise<Lab> {
    const name = nextLabName()
    const folder = await mkdtemp(join(tmpdir(), `${name}-`))
    await chmod(folder, 0o755)
    const lab = new Lab(name, folder)
    onTestFinished(() => lab.#close())
    onTestFailed(() => lab.#printPrograms())
    await lab.#connect()
    return lab
  }

  /** A small disk of its own, at `path` relative to the lab's folder. @returns its absolute path. */
  async mountSmallDisk(path: string, sizeMiB: number): Promise<string> {
    const target = join(this.folder, path)
    await mkdir(target, { recursive: true })
    await run(['mount', '-t', 'tmpfs', '-o', `size=${sizeMiB}m`, this.#name, target])
    this.#mounts.push(target)
    return target
  }

  #host(role: string, interfaceName: string, address: string): Host {
    const namespace = `${this.#name}-${role}`
    return {
      namespace,
      interfaceName,
      address,
      start: (command, options) => {
        const program = Program.start(command, { ...options, namespace })
        this.#programs.push(program)
        return program
      },
      run: (command, options) => run(command, { ...options, namespace }),
      pids: () => pidsIn(namespace),
    }
  }

  get #namespaces(): readonly [string, string, string] {
    return [this.server.namespace, this.first.namespace, this.second.namespace]
  }

  async #connect(): Promise<void> {
    const [server, first, second] = this.#namespaces
    await ipBatch(this.#namespaces.map((namespace) => `netns add ${namespace}`))
    await Promise.all(this.#namespaces.map(skipDuplicateAddressDetection))
    await ipBatch([
      `link add e1 netns ${server} type veth peer name e0 netns ${first}`,
      `link add e2 netns ${server} type veth peer name e0 netns ${second}`,
    ])
    const addresses = ['address add 10.78.1.1/24 dev e1', 'address add 10.78.2.1/24 dev e2']
    await ipBatch([...addresses, ...upWithDefaultRoute(['e1', 'e2'])], server)
    for (const { namespace, address } of [this.first, this.second]) {
      await ipBatch([`address add ${address}/24 dev e0`, ...upWithDefaultRoute(['e0'])], namespace)
    }
  }

  #printPrograms(): void {
    for (const program of this.#programs) {
      const tail = program.output.slice(-FAILURE_TAIL_CHARACTERS)
      process.stderr.write(`--- ${program.name} (${program.pid})\n${tail}\n`)
    }
  }

  async #close(): Promise<void> {
    const cleanUp = new CleanUp()
    await cleanUp.all(...this.#programs.map((program) => () => program.terminate(PATIENCE_MS)))
    await cleanUp.all(...this.#namespaces.map((namespace) => () => deleteNamespace(namespace)))
    // One may lie on another.
    for (const target of this.#mounts.toReversed()) {
      await cleanUp.all(() => run(['umount', target]))
    }
    await cleanUp.all(() => rm(this.folder, { recursive: true, force: true }))
    cleanUp.end()
  }
}

/** In the first second of an interface, nobody could bind its link-local IPv6 address otherwise. */
async function skipDuplicateAddressDetection(namespace: string): Promise<void> {
  await run(['tee', '/proc/sys/net/ipv6/conf/default/accept_dad'], { namespace, input: '0' })
}

/** Sending to a multicast group fails where there is no route to it: hence the default route. */
function upWithDefaultRoute(interfaceNames: readonly string[]): readonly string[] {
  return [
    ...['lo', ...interfaceNames].map((name) => `link set ${name} up`),
    `route add default dev ${interfaceNames[0]}`,
  ]
}
