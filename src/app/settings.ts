import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { LOG_LEVELS, type LogLevel } from '../log.ts'
import type { Setting } from '../settings/setting.ts'

export function logLevelSetting(
  { logLevel, given }: Config,
  apply: (level: LogLevel) => void,
): Setting<LogLevel> {
  return {
    name: 'log-level',
    kind: 'choice',
    choices: LOG_LEVELS,
    unit: null,
    effect: 'How much the log says; info names who adds, removes, pauses and streams what.',
    initial: logLevel,
    isGiven: given.has('log-level'),
    check: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }),
    apply,
  }
}
