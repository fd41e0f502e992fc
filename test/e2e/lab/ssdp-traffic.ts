import { fileURLToPath } from 'node:url'
import type { Host } from './lab.ts'
import type { Program } from './program.ts'

const LISTENER = fileURLToPath(new URL('ssdp_listener.py', import.meta.url))

export interface SsdpMessage {
  readonly from: string
  readonly startLine: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** What is multicast on one network, as any TV there hears it. */
export class SsdpTraffic {
  #program: Program

  static async listen(host: Host): Promise<SsdpTraffic> {
    const program = host.start(['python3', LISTENER, host.address])
    await program.waitForOutput(/^ready$/m)
    return new SsdpTraffic(program)
  }

  private constructor(program: Program) {
    this.#program = program
  }

  /** Everything heard so far that says `nts`, in order. */
  notifications(nts: 'ssdp:alive' | 'ssdp:byebye' | 'ssdp:update'): readonly SsdpMessage[] {
    return this.messages.filter((message) => message.headers.nts === nts)
  }

  /** Everything heard so far, searches too. */
  get messages(): readonly SsdpMessage[] {
    const lines = this.#program.stdout.split('\n').slice(0, -1)
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  }
}
