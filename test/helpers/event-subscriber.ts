import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { inTime } from './within.ts'

/** One event as it arrived. */
export interface ReceivedEvent {
  readonly method: string
  readonly path: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** As on the wire. */
  readonly headerNames: readonly string[]
  readonly body: string
}

type Answer = (response: ServerResponse) => void

/** A control point's end of eventing: an HTTP server on a free port of 127.0.0.1. */
export class EventSubscriber {
  readonly port: number
  readonly received: ReceivedEvent[] = []
  /** What it says to an event; 200 unless a test wants something else. */
  answer: Answer = (response) => response.end()
  readonly #arrivals = new EventEmitter()
  #taken = 0

  private constructor(port: number) {
    this.port = port
  }

  static async start(): Promise<EventSubscriber> {
    const server = createServer((request, response) => void subscriber.#receive(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const subscriber = new EventSubscriber((server.address() as AddressInfo).port)
    return subscriber
  }

  /** Where it wants its events. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/event?id=1`
  }

  /** The next event that was not taken yet. */
  async next(): Promise<ReceivedEvent> {
    while (this.received.length <= this.#taken) {
      await inTime(`event ${this.#taken + 1}`, once(this.#arrivals, 'event'))
    }
    const event = this.received[this.#taken]
    this.#taken++
    if (event === undefined) throw new Error('no event')
    return event
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    this.received.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      headerNames: request.rawHeaders.filter((_, index) => index % 2 === 0),
      body: Buffer.concat(chunks).toString(),
    })
    this.answer(response)
    this.#arrivals.emit('event')
  }
}
