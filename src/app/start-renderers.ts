import { join } from 'node:path'
import { wallClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { errorCode } from '../error-code.ts'
import type { Logger } from '../log.ts'
import { RENDERER_RULES } from '../upnp/renderers/renderer-table.ts'
import { Renderers } from '../upnp/renderers/renderers.ts'
import { WatchedRules } from '../upnp/renderers/watched-rules.ts'
import { Traffic } from '../upnp/traffic/traffic.ts'
import type { CloseStack } from './close-stack.ts'
import { StartError } from './start-error.ts'
import { TrafficRecorder } from './traffic-recorder.ts'

export interface RendererParts {
  readonly config: Config
  /** Where the owner's rules are kept; it exists. */
  readonly stateFolder: string
  readonly closing: CloseStack
  readonly log: Logger
  /** Writes at debug whatever the level of `log` is. */
  readonly wireLog: Logger
}

export interface StartedRenderers {
  readonly renderers: Renderers
  /** Where the owner chooses another rule for one. */
  readonly ruleChoice: WatchedRules
  readonly traffic: Traffic
}

/** Who asks us, the rule that each is answered by, and what is said between us. */
export async function startRenderers(parts: RendererParts): Promise<StartedRenderers> {
  const { config, stateFolder, closing, wireLog } = parts
  const log = parts.log.child({ name: 'renderers' })
  const renderers = new Renderers({ clock: wallClock, log })
  const ruleChoice = new WatchedRules({
    path: join(stateFolder, 'renderers.json'),
    renderers,
    ruleIds: new Set(RENDERER_RULES.map(({ id }) => id)),
    clock: wallClock,
    log,
  })
  closing.push('renderer rules', async () => ruleChoice.close())
  await ruleChoice.start()
  const isDebugging = config.logLevel === 'debug' || config.logLevel === 'trace'
  const traffic = new Traffic({ log: wireLog, isDebugging })
  if (config.record !== null) await startRecording(config.record, traffic, parts)
  return { renderers, ruleChoice, traffic }
}

/** Rejects with StartError where the folder cannot be made. */
async function startRecording(
  folder: string,
  traffic: Traffic,
  { closing, log }: RendererParts,
): Promise<void> {
  const recorder = new TrafficRecorder({ folder, traffic, clock: wallClock, log })
  try {
    await recorder.open()
  } catch (error) {
    throw new StartError(`cannot record into ${folder}: ${errorCode(error)} (--record)`, {
      cause: error,
    })
  }
  closing.push('recorder', () => recorder.close())
}
