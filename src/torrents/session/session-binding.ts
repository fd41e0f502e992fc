import { networkInterfaces } from 'node:os'
import { steadyClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { Binding } from '../binding/binding.ts'
import { openSystemRoutes } from '../binding/kernel-routes.ts'

export interface BindingRequest {
  readonly bind?: string | undefined
  readonly nameServers?: readonly string[] | undefined
  readonly log: Logger
}

/** `null` where nothing is bound. Throws TorrentError `bad-binding`. */
export async function openBinding({
  bind,
  nameServers = [],
  log,
}: BindingRequest): Promise<Binding | null> {
  if (bind === undefined) return null
  const routes = await openSystemRoutes({ networkInterfaces, clock: steadyClock })
  try {
    return await Binding.open({
      ...{ to: bind, routes, networkInterfaces, clock: steadyClock },
      nameServers: nameServers.length === 0 ? null : nameServers,
      log: log.child({ name: 'binding' }),
    })
  } catch (error) {
    routes.close()
    throw error
  }
}
