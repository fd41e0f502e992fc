import { wallClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { SignedPaths } from '../http/access/signed-paths.ts'
import { upnpRouter } from '../http/upnp-endpoints/upnp-routes.ts'
import type { Library } from '../library/library.ts'
import type { Logger } from '../log.ts'
import type { Settings } from '../settings/settings.ts'
import { deviceDescription } from '../upnp/description/description.ts'
import type { Udn } from '../upnp/description/names.ts'
import { MediaServer } from '../upnp/media-server.ts'
import type { RendererProfile } from '../upnp/renderers/renderer-profile.ts'
import type { Renderers } from '../upnp/renderers/renderers.ts'
import type { Traffic } from '../upnp/traffic/traffic.ts'
import type { CloseStack } from './close-stack.ts'
import { nameSetting } from './settings.ts'

export interface MediaServerParts {
  readonly config: Config
  readonly settings: Settings
  readonly library: Library
  readonly renderers: Renderers
  readonly traffic: Traffic
  readonly signedPaths: SignedPaths
  readonly friendlyName: string
  readonly udn: Udn
  readonly version: string
  readonly closing: CloseStack
  readonly log: Logger
}

/** The device and its services, as routes for HTTP; its name is a setting. */
export async function startMediaServer(
  parts: MediaServerParts,
): Promise<ReturnType<typeof upnpRouter>> {
  const { config, settings, library, renderers, traffic, signedPaths } = parts
  const { friendlyName, udn, version, closing, log } = parts
  const mediaServer = new MediaServer({ library, udn, traffic, clock: wallClock, log })
  closing.push('media server', async () => mediaServer.close())
  let name = friendlyName
  await settings.register(
    nameSetting(config, friendlyName, (value) => {
      name = value
    }),
  )
  const description = (renderer: RendererProfile): string =>
    deviceDescription({ udn, friendlyName: name, version }, renderer)
  return upnpRouter({ description, mediaServer, renderers, traffic, signedPaths, log })
}
