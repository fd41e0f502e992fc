import type { ServiceAddress } from '../description/device-description.ts'
import {
  NO_SERVICE_FACTS,
  readServiceFacts,
  type ServiceFacts,
} from '../description/service-facts.ts'
import type { Exchange } from '../wire/exchange.ts'
import { type Arguments, type Outputs, readSoapAnswer, soapRequest } from './soap-call.ts'

export interface InvokeOptions {
  readonly timeoutMs?: number
}

/** Invokes the actions of one service of a renderer. */
export class ServiceClient {
  readonly #address: ServiceAddress
  readonly #exchange: Exchange
  #facts: Promise<ServiceFacts> | null = null

  constructor(address: ServiceAddress, exchange: Exchange) {
    this.#address = address
    this.#exchange = exchange
  }

  get address(): ServiceAddress {
    return this.#address
  }

  /** Rejects with RendererError. */
  async invoke(action: string, args: Arguments, options: InvokeOptions = {}): Promise<Outputs> {
    const { serviceType, controlUrl } = this.#address
    const { status, body } = await this.#exchange({
      method: 'POST',
      url: controlUrl,
      headers: {
        'Content-Type': 'text/xml; charset="utf-8"',
        SOAPACTION: `"${serviceType}#${action}"`,
      },
      body: soapRequest(serviceType, action, args),
      ...options,
    })
    return await readSoapAnswer(action, { status, text: body.toString() })
  }

  /** What the service says that it can do; nothing where it does not tell. Read once. */
  facts(): Promise<ServiceFacts> {
    this.#facts ??= this.#readFacts()
    return this.#facts
  }

  async #readFacts(): Promise<ServiceFacts> {
    const { scpdUrl } = this.#address
    if (scpdUrl === null) return NO_SERVICE_FACTS
    try {
      const { status, body } = await this.#exchange({ method: 'GET', url: scpdUrl })
      return status === 200 ? await readServiceFacts(body.toString()) : NO_SERVICE_FACTS
    } catch {
      // It can be used without.
      return NO_SERVICE_FACTS
    }
  }
}
