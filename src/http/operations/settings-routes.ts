import type { IncomingMessage } from 'node:http'
import { Router } from '@koa/router'
import { z } from 'zod'
import type { Settings } from '../../settings/settings.ts'
import { type GuardOptions, guardChange } from '../access/change-guard.ts'
import { ApiError } from '../messages/api-error.ts'
import { readBody } from '../messages/request-body.ts'

const BODY_MAX_BYTES = 64 * 1024

const changes = z.record(z.string(), z.unknown())

/** For the owner alone: what can be changed while the server runs, and changing it. */
export function settingsRouter(
  settings: Pick<Settings, 'all' | 'change'>,
  guard: GuardOptions,
): Router {
  const router = new Router()
  router.get('/settings', (context) => {
    guardChange(context.req, guard)
    context.body = { settings: settings.all }
  })
  router.patch('/settings', async (context) => {
    const wanted = await parseChanges(context.req)
    await settings.change(wanted)
    const names = Object.keys(wanted).join(', ')
    context.state.changed = { message: 'settings changed', facts: { settings: names } }
    context.body = { settings: settings.all }
  })
  return router
}

async function parseChanges(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await readBody(request, BODY_MAX_BYTES)).toString()
  const parsed = changes.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new ApiError(400, 'the body must be a JSON object of settings and their new values')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Refused by its type, as all that is no object.
    return undefined
  }
}
