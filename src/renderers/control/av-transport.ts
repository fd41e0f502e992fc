import { RendererError } from '../wire/renderer-error.ts'
import type { ServiceClient } from './service-client.ts'
import { seekTarget, type TransportState, transportState, transportTime } from './transport-text.ts'

/** GetPositionInfo, as far as it can be believed; `null` for what it does not tell. */
export interface PositionFacts {
  readonly positionMs: number | null
  readonly durationMs: number | null
  readonly trackUri: string | null
}

/** TVs that ask the person for permission answer when they have it. */
const CONSENT_MS = 30_000
const POLL_TIMEOUT_MS = 5_000
const INSTANCE = ['InstanceID', 0] as const

/** AVTransport:1, 2.4. All reject with RendererError. */
export class AvTransport {
  readonly #service: ServiceClient

  constructor(service: ServiceClient) {
    this.#service = service
  }

  async setUri(uri: string, metadata: string): Promise<void> {
    await this.#service.invoke(
      'SetAVTransportURI',
      [INSTANCE, ['CurrentURI', uri], ['CurrentURIMetaData', metadata]],
      { timeoutMs: CONSENT_MS },
    )
  }

  /** Whether it says that it can take what comes next. */
  async takesNext(): Promise<boolean> {
    return (await this.#service.facts()).actions.has('SetNextAVTransportURI')
  }

  async setNextUri(uri: string, metadata: string): Promise<void> {
    await this.#service.invoke('SetNextAVTransportURI', [
      INSTANCE,
      ['NextURI', uri],
      ['NextURIMetaData', metadata],
    ])
  }

  async play(): Promise<void> {
    await this.#service.invoke('Play', [INSTANCE, ['Speed', '1']], { timeoutMs: CONSENT_MS })
  }

  async pause(): Promise<void> {
    await this.#service.invoke('Pause', [INSTANCE])
  }

  async stop(): Promise<void> {
    await this.#service.invoke('Stop', [INSTANCE])
  }

  /** By the time in the track; by that in the medium where only this is known, or the first is refused. */
  async seek(positionMs: number): Promise<void> {
    const facts = await this.#service.facts()
    const listed = facts.values.get('A_ARG_TYPE_SeekMode') ?? []
    const units = ['REL_TIME', 'ABS_TIME'].filter((unit) => listed.includes(unit))
    const tried = units.length > 0 ? units : ['REL_TIME', 'ABS_TIME']
    let refusal: unknown = null
    for (const unit of tried) {
      try {
        const target = seekTarget(positionMs)
        await this.#service.invoke('Seek', [INSTANCE, ['Unit', unit], ['Target', target]])
        return
      } catch (error) {
        if (!(error instanceof RendererError) || error.kind !== 'refused') throw error
        refusal ??= error
      }
    }
    throw refusal
  }

  async state(): Promise<TransportState> {
    const outputs = await this.#service.invoke('GetTransportInfo', [INSTANCE], {
      timeoutMs: POLL_TIMEOUT_MS,
    })
    return transportState(outputs.get('CurrentTransportState'))
  }

  async position(): Promise<PositionFacts> {
    const outputs = await this.#service.invoke('GetPositionInfo', [INSTANCE], {
      timeoutMs: POLL_TIMEOUT_MS,
    })
    const durationMs = transportTime(outputs.get('TrackDuration'))
    return {
      positionMs:
        transportTime(outputs.get('RelTime')) ?? transportTime(outputs.get('AbsTime')) ?? null,
      durationMs: durationMs === 0 ? null : durationMs,
      trackUri: outputs.get('TrackURI')?.trim() || null,
    }
  }
}
