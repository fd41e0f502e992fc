import type { Clock } from '../clock.ts'
import type { Library } from '../library/library.ts'
import type { Logger } from '../log.ts'
import { contentDirectory } from './content-directory/content-directory.ts'
import type { Service } from './control/service.ts'
import { SERVICES, type ServiceName, type Udn } from './description/names.ts'
import { httpEventSender } from './eventing/event-sender.ts'
import { Eventing } from './eventing/eventing.ts'
import { connectionManager } from './services/connection-manager.ts'
import { mediaReceiverRegistrar } from './services/media-receiver-registrar.ts'
import type { Traffic } from './traffic/traffic.ts'

export interface MediaServerOptions {
  readonly library: Library
  readonly udn: Udn
  readonly traffic: Traffic
  readonly clock: Clock
  readonly log: Logger
}

/** A service and those who subscribe to it. */
export interface HostedService {
  readonly serviceType: string
  readonly service: Service
  readonly eventing: Eventing
}

/** The services of the device (MediaServer:1), bound to the library. */
export class MediaServer {
  readonly #library: Library
  readonly #hosted: ReadonlyMap<string, HostedService>

  constructor({ library, udn, traffic, clock, log }: MediaServerOptions) {
    const sendEvent = httpEventSender(clock, traffic)
    this.#library = library
    this.#hosted = new Map(
      SERVICES.map(({ name, serviceType }) => {
        const service = implement(name, { library, udn, log })
        const { minEventIntervalMs, stateVariables } = service
        const eventLog = log.child({ name: 'gena', service: name })
        const eventing = new Eventing({
          minEventIntervalMs,
          stateVariables,
          sendEvent,
          clock,
          log: eventLog,
        })
        return [name, { serviceType, service, eventing }]
      }),
    )
    library.on('changed', this.#onChanged)
  }

  /** By its ServiceName, as it stands in control and event URLs; `undefined` for any other text. */
  find(name: string): HostedService | undefined {
    return this.#hosted.get(name)
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#library.off('changed', this.#onChanged)
    for (const { eventing } of this.#hosted.values()) eventing.close()
  }

  readonly #onChanged = (): void => {
    for (const { eventing } of this.#hosted.values()) eventing.notify()
  }
}

function implement(
  name: ServiceName,
  { library, udn, log }: Pick<MediaServerOptions, 'library' | 'udn' | 'log'>,
): Service {
  switch (name) {
    case 'content-directory':
      return contentDirectory(library, log)
    case 'connection-manager':
      return connectionManager()
    case 'media-receiver-registrar':
      return mediaReceiverRegistrar(udn)
  }
}
