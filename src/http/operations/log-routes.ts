import { Router } from '@koa/router'
import { LOG_LEVELS, type LogLevel } from '../../log.ts'
import type { LogFeed, LogRecord } from '../../log-feed.ts'
import { type GuardOptions, guardChange } from '../access/change-guard.ts'
import { ApiError } from '../messages/api-error.ts'
import { readQuery } from '../messages/query.ts'
import { readBody } from '../messages/request-body.ts'
import { logQuery } from '../schemas/requests.ts'
import type { LiveAnswers } from './live-answer.ts'

const MAX_DIRECTIVES_BYTES = 4_096

export interface LogRoutesOptions {
  readonly feed: LogFeed
  /** Changes the level of the log. */
  readonly setLevel: (level: LogLevel) => unknown
  readonly guard: GuardOptions
  readonly live: LiveAnswers
}

/** For the owner alone: reading the log along, and changing its level. */
export function logRouter({ feed, setLevel, guard, live }: LogRoutesOptions): Router {
  const router = new Router()

  router.get('/stream_logs', (context) => {
    guardChange(context.req, guard)
    const { recent } = readQuery(logQuery, context.query)
    let stop = (): void => {}
    const answer = live.open(context, 'application/x-ndjson; charset=utf-8', () => stop())
    if (recent === true) for (const record of feed.recent) answer.write(`${lineOf(record)}\n`)
    stop = feed.subscribe((record) => answer.write(`${lineOf(record)}\n`))
  })

  router.post('/rust_log', async (context) => {
    const text = (await readBody(context.req, MAX_DIRECTIVES_BYTES)).toString('utf8')
    await setLevel(levelIn(text))
    context.body = {}
  })

  return router
}

/** As clients of rqbit read it. */
function lineOf({ level, at, message, facts }: LogRecord): string {
  const { name = 'tributary', err, ...fields } = facts
  const error = err instanceof Error ? { error: err.message } : {}
  return JSON.stringify({
    timestamp: new Date(at).toISOString(),
    level: level.toUpperCase(),
    fields: { message, ...fields, ...error },
    target: name,
    span: { name },
    spans: [],
  })
}

/** What is meant by a directive for our program; `info,librqbit=debug` means debug. */
const OUR_TARGETS = /^(?:lib)?rqbit|^tributary/

/** The level that directives as those of RUST_LOG ask for. Throws ApiError 400. */
function levelIn(text: string): LogLevel {
  let level: LogLevel | null = null
  let isOurs = false
  for (const directive of text.split(',').map((part) => part.trim())) {
    if (directive === '') continue
    const [first = '', second] = directive.split('=').map((side) => side.trim().toLowerCase())
    const wanted = levelNamed(second ?? first)
    if (wanted === null) {
      const message = `cannot parse ${JSON.stringify(directive)}: expected a level, or target=level`
      throw new ApiError(400, message)
    }
    const isForUs = second !== undefined && OUR_TARGETS.test(first)
    if (!isForUs && (second !== undefined || isOurs)) continue
    level = wanted
    isOurs ||= isForUs
  }
  if (level !== null) return level
  throw new ApiError(400, 'expected a level: error, warn, info, debug, trace or off')
}

function levelNamed(name: string): LogLevel | null {
  if (name === 'off') return 'silent'
  return LOG_LEVELS.find((level) => level === name) ?? null
}
