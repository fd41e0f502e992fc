import { wallClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Logger } from '../log.ts'
import type { Udn } from '../upnp/description/names.ts'
import { Discovery, type DiscoveryPorts } from '../upnp/discovery/discovery.ts'
import type { InterfaceSelection } from '../upnp/discovery/network-interfaces.ts'
import { openUdpSocket } from '../upnp/discovery/ssdp-socket.ts'
import { watchedSocket } from '../upnp/discovery/watched-socket.ts'
import { httpTextFetcher } from '../upnp/renderers/fetch-text.ts'
import { RendererDescriptions } from '../upnp/renderers/renderer-descriptions.ts'
import type { Renderers } from '../upnp/renderers/renderers.ts'
import type { Traffic } from '../upnp/traffic/traffic.ts'
import type { CloseStack } from './close-stack.ts'

export interface DiscoveryParts {
  readonly config: Config
  readonly udn: Udn
  readonly httpPort: number
  /** Where the server is announced; it may change while it runs. */
  readonly selection: InterfaceSelection
  /** How we call ourselves. */
  readonly server: string
  readonly renderers: Renderers
  readonly traffic: Traffic
  /** Hears each datagram that comes in, besides discovery itself. */
  readonly hear: (datagram: Uint8Array, from: string) => void
  readonly discoveryPorts: Partial<DiscoveryPorts>
  readonly closing: CloseStack
  readonly log: Logger
}

/** SSDP, and what renderers that are heard of by it say of themselves. */
export async function startDiscovery(parts: DiscoveryParts): Promise<Discovery> {
  const { config, udn, httpPort, selection, server, hear, discoveryPorts, closing, log } = parts
  const { openSocket = openUdpSocket } = discoveryPorts
  const descriptions = startDescriptions(parts)
  const discovery = new Discovery({
    udn,
    httpPort,
    locationPath: '/rootDesc.xml',
    server,
    selection,
    ipv6: config.ipv6Discovery,
    maxAgeSeconds: config.ssdpMaxAgeSeconds,
    intervalSeconds: config.ssdpIntervalSeconds,
    log: log.child({ name: 'ssdp' }),
    ports: {
      ...discoveryPorts,
      openSocket: (...args) => {
        const socket = watchedSocket(openSocket(...args), parts.traffic)
        socket.on('message', (datagram, { address }) => {
          descriptions.hear(datagram, address)
          hear(datagram, address)
        })
        return socket
      },
    },
  })
  closing.push('discovery', () => discovery.close())
  await discovery.start()
  return discovery
}

function startDescriptions({ renderers, closing, log }: DiscoveryParts): RendererDescriptions {
  const ending = new AbortController()
  closing.push('descriptions of renderers', async () => ending.abort(new Error('the server stops')))
  return new RendererDescriptions({
    describe: (address, description) => renderers.describe(address, description),
    fetchText: httpTextFetcher(wallClock, ending.signal),
    clock: wallClock,
    log: log.child({ name: 'renderers' }),
  })
}
