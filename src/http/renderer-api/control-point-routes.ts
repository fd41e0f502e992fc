import { isIP } from 'node:net'
import { Router } from '@koa/router'
import { z } from 'zod'
import { plainAddress } from '../../ip-address.ts'
import type { ControlPoint, Renderers, WhyTreated } from '../../upnp/renderers/renderers.ts'
import type { GuardOptions } from '../access/access-rules.ts'
import { isOwner } from '../access/owner.ts'
import { ApiError } from '../messages/api-error.ts'
import { clientAddress } from '../messages/forwarded.ts'
import { readBody } from '../messages/request-body.ts'

const BODY_MAX_BYTES = 4_096

/** For people who read English; pages have words of their own for the code. */
const WHY: Readonly<Record<WhyTreated, string>> = {
  chosen: 'chosen by the owner',
  request: 'recognised by the headers of its requests',
  description: 'recognised by what it says of itself as a renderer',
  unknown: 'not recognised: it gets what suits most',
}

/** Keeps what the owner decides; `WatchedRules` does. */
export interface RuleChoice {
  choose(address: string, rule: string | null): Promise<void>
}

export interface ControlPointParts {
  readonly renderers: Renderers
  readonly choice: RuleChoice
  readonly guard: GuardOptions
}

/**
 * Who browses here and by which rule each is answered; the owner may choose another by PUT. Who is not the owner sees
 * nothing but itself.
 */
export function controlPointRouter({ renderers, choice, guard }: ControlPointParts): Router {
  const router = new Router()
  router.get('/control_points', (context) => {
    const { req: request } = context
    const own = clientAddress(request, guard.trustProxy)
    const isSeen = isOwner(request, guard)
      ? () => true
      : ({ address }: ControlPoint): boolean => address === own
    const points = renderers.controlPoints.filter(isSeen).map(jsonOf)
    context.body = { control_points: points, rules: renderers.choices }
  })
  router.put('/control_points/:address', async (context) => {
    const address = context.params.address ?? ''
    if (isIP(address) === 0) {
      throw new ApiError(400, `${JSON.stringify(address)} is no IP address`)
    }
    const known = renderers.choices.map(({ id }) => id)
    const body = z
      .strictObject({ rule: z.string().nullable() })
      .safeParse(parseJson((await readBody(context.req, BODY_MAX_BYTES)).toString()))
    if (!body.success) throw new ApiError(400, 'expected { "rule": the id of a rule, or null }')
    const { rule } = body.data
    if (rule !== null && !known.includes(rule)) {
      throw new ApiError(400, `no rule ${JSON.stringify(rule)}`)
    }
    try {
      await choice.choose(plainAddress(address), rule)
    } catch (error) {
      throw unwritable(error)
    }
    context.body = {}
  })
  return router
}

/** Who browses here, for the owner's open pages; when it was last is told to the minute, as not each request is news. */
export function controlPointsNews(renderers: Pick<Renderers, 'controlPoints'>): object {
  const points = renderers.controlPoints.map((point) => ({
    ...jsonOf(point),
    last_seen: point.seenAt === null ? null : Math.floor(point.seenAt.getTime() / 60_000) * 60_000,
  }))
  return { control_points: points }
}

function unwritable(error: unknown): ApiError {
  const reason = error instanceof Error ? error.message : String(error)
  return new ApiError(409, `the rules file cannot be changed: ${reason}`, { cause: error })
}

function jsonOf(point: ControlPoint): Readonly<Record<string, unknown>> {
  const { address, userAgent, friendlyName, profile, why, seenAt, chosenRule } = point
  return {
    ...{ address, user_agent: userAgent, friendly_name: friendlyName, rule: profile },
    why: WHY[why],
    why_code: why,
    last_seen: seenAt?.getTime() ?? null,
    override: chosenRule,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
