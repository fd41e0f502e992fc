import { RENDERER_RULES } from '../../../src/upnp/renderers/renderer-table.ts'
import type { BareServer } from '../lab/bare-server.ts'
import { type Caller, call, change, json } from './calls.ts'
import { Register } from './register.ts'
import type { Listed, Subject } from './subjects.ts'

const ADDRESS = '192.168.77.7'

/** What is of all torrents together, and of the server. */
export class Whole implements Subject {
  readonly #limits = new Register<unknown>({ upload_bps: null, download_bps: null })
  readonly #minutes = new Register(0)
  readonly #rule = new Register<string | null>(null)

  async act(caller: Caller, random: () => number): Promise<void> {
    const number = 1 + Math.floor(random() * 1_000_000)
    switch (Math.floor(random() * 3)) {
      case 0: {
        const limits = { upload_bps: number, download_bps: number + 1 }
        return await change(this.#limits, limits, () =>
          call(caller, '/torrents/limits', json('POST', limits)),
        )
      }
      case 1:
        return await change(this.#minutes, number, () =>
          call(caller, '/settings', json('PATCH', { 'seed-minutes': number })),
        )
      default: {
        const rule = RENDERER_RULES[number % RENDERER_RULES.length]?.id ?? null
        return await change(this.#rule, rule, () =>
          call(caller, `/control_points/${ADDRESS}`, json('PUT', { rule })),
        )
      }
    }
  }

  async look(server: BareServer, _: ReadonlyMap<string, Listed>, where: string): Promise<void> {
    const { upload_bps, download_bps } =
      await server.call<Record<string, unknown>>('/torrents/limits')
    this.#limits.found({ upload_bps, download_bps }, `limits of all, ${where}`)
    const { settings } = await server.call<{
      readonly settings: readonly { readonly name: string; readonly value: unknown }[]
    }>('/settings')
    const minutes = settings.find(({ name }) => name === 'seed-minutes')?.value
    this.#minutes.found(Number(minutes), `setting, ${where}`)
    const { control_points: points } = await server.call<{
      readonly control_points: readonly {
        readonly address: string
        readonly rule: { readonly id: string }
      }[]
    }>('/control_points')
    const point = points.find(({ address }) => address === ADDRESS)
    this.#rule.found(point?.rule.id ?? null, `rule of a TV, ${where}`)
  }
}
