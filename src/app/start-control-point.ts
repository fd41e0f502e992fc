import { wallClock } from '../clock.ts'
import type { AccessRules } from '../http/access/access-rules.ts'
import type { SignedPaths } from '../http/access/signed-paths.ts'
import { bracketed } from '../ip-address.ts'
import type { Library } from '../library/library.ts'
import type { Logger } from '../log.ts'
import { ControlPoint } from '../renderers/control-point.ts'
import { NextAhead } from '../renderers/next-ahead.ts'
import { httpExchange } from '../renderers/wire/exchange.ts'
import type { Session } from '../torrents/surface/surface.ts'
import type { DiscoveryPorts } from '../upnp/discovery/discovery.ts'
import { type InterfaceAddress, isWildcard } from '../upnp/discovery/network-interfaces.ts'
import { sourceAddressTowards } from '../upnp/discovery/source-address.ts'
import { openUdpSocket } from '../upnp/discovery/ssdp-socket.ts'
import { watchedSocket } from '../upnp/discovery/watched-socket.ts'
import type { Renderers } from '../upnp/renderers/renderers.ts'
import type { Traffic } from '../upnp/traffic/traffic.ts'
import type { CloseStack } from './close-stack.ts'
import type { Listening } from './listen.ts'

export interface ControlPointParts {
  readonly library: Library
  readonly session: Session
  readonly renderers: Renderers
  readonly traffic: Traffic
  readonly rules: AccessRules
  readonly signedPaths: SignedPaths
  /** How we call ourselves. */
  readonly userAgent: string
  readonly discoveryPorts: Partial<DiscoveryPorts>
  readonly closing: CloseStack
  readonly log: Logger
}

/** Where HTTP listens and what is announced, once that is known. */
export interface Announced {
  readonly listening: Listening
  readonly links: () => readonly InterfaceAddress[]
}

/** The control point, and what has it begin; until then it finds nobody. */
export function makeControlPoint(parts: ControlPointParts): {
  readonly controlPoint: ControlPoint
  readonly start: (announced: Announced) => void
} {
  const { library, session, renderers, traffic, rules, signedPaths, closing } = parts
  const { openSocket = openUdpSocket, sourceAddressTowards: towards = sourceAddressTowards } =
    parts.discoveryPorts
  let announced: Announced | null = null
  const ending = new AbortController()
  const ahead = new NextAhead({
    torrentOf: (infoHash) => session.get(infoHash),
    clock: wallClock,
  })
  const controlPoint = new ControlPoint({
    library,
    profiles: renderers,
    links: () => announced?.links() ?? [],
    openSocket: (family) => watchedSocket(openSocket(family), traffic),
    baseUrlTowards: async (address) => {
      if (announced === null) return null
      const { host, port } = announced.listening
      const own = isWildcard(host) ? await towards(address) : host
      return own === null ? null : `http://${bracketed(own)}:${port}`
    },
    sign: (path) => (rules.authReading && rules.auth !== null ? signedPaths.sign(path) : path),
    fetchAhead: (file) => ahead.fetch(file),
    exchange: httpExchange({
      clock: wallClock,
      traffic,
      userAgent: parts.userAgent,
      signal: ending.signal,
    }),
    clock: wallClock,
    log: parts.log.child({ name: 'renderers' }),
  })
  closing.push('control point', async () => {
    ahead.close()
    await controlPoint.close()
    ending.abort(new Error('the server stops'))
  })
  return {
    controlPoint,
    start: (now) => {
      announced = now
      controlPoint.start()
    },
  }
}
