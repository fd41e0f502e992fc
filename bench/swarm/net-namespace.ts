import { execFileSync } from 'node:child_process'
import type { PeerNetwork } from './swarm-process.ts'

/** RFC 2544: addresses for benchmarks. */
const PREFIX = '198.18.77'
const HOST_LINK = 'tb-bench0'
const PEER_LINK = 'tb-bench1'

/** Why network namespaces with a delayed link cannot be used here, or null. */
export function namespacesMissing(): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const trial = `tb-trial-${process.pid}`
  try {
    execFileSync('ip', ['netns', 'add', trial], { stdio: 'ignore' })
  } catch {
    return 'ip netns does not work here (package iproute2)'
  }
  try {
    const line = ['-n', trial, 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms']
    execFileSync('tc', line, { stdio: 'ignore' })
    return null
  } catch {
    return 'the kernel has no netem (module sch_netem)'
  } finally {
    execFileSync('ip', ['netns', 'del', trial], { stdio: 'ignore' })
  }
}

/**
 * A network namespace for the peers, joined to ours by a link on which the kernel delays every
 * packet by `delayMs` each way: real round trips for the dial, TCP's own slow start, real windows.
 */
export class NetNamespace implements PeerNetwork {
  readonly #name = `tb-bench-${process.pid}`
  readonly prefix: readonly string[]

  constructor(delayMs: number, peerCount: number) {
    this.prefix = ['ip', 'netns', 'exec', this.#name]
    ip('netns', 'add', this.#name)
    try {
      ip('link', 'add', HOST_LINK, 'type', 'veth', 'peer', 'name', PEER_LINK, 'netns', this.#name)
      ip('addr', 'add', `${PREFIX}.1/24`, 'dev', HOST_LINK)
      ip('link', 'set', HOST_LINK, 'up')
      ip('-n', this.#name, 'link', 'set', 'lo', 'up')
      ip('-n', this.#name, 'link', 'set', PEER_LINK, 'up')
      for (let i = 0; i < peerCount; i++) {
        ip('-n', this.#name, 'addr', 'add', `${this.host(i)}/24`, 'dev', PEER_LINK)
      }
      const netem = ['root', 'netem', 'delay', `${delayMs}ms`, 'limit', '100000']
      run('tc', ['qdisc', 'add', 'dev', HOST_LINK, ...netem])
      run('tc', ['-n', this.#name, 'qdisc', 'add', 'dev', PEER_LINK, ...netem])
    } catch (error) {
      this.close()
      throw error
    }
  }

  host(index: number): string {
    return `${PREFIX}.${index + 2}`
  }

  /** Removes the namespace and with it the link. */
  close(): void {
    ip('netns', 'del', this.#name)
  }
}

function ip(...args: string[]): void {
  run('ip', args)
}

function run(command: string, args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}
