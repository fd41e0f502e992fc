import { readdirSync, readFileSync } from 'node:fs'
import { silentLogger } from '../../src/log.ts'
import type { DescriptionSigns } from '../../src/upnp/renderers/renderer-signs.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { FakeClock } from './fake-clock.ts'

const FOLDER = new URL('../fixtures/renderers/', import.meta.url)

/** A request as a device sent it, as far as it is known. */
export interface RecordedRequest {
  readonly kind: string
  readonly method?: string
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
}

export interface RendererFixture {
  /** The rule that it is of, or `default`. */
  readonly rule: string
  /** What the renderer's own device description says. */
  readonly description?: DescriptionSigns
  /** The first one stands for the renderer in its golden answer. */
  readonly requests: readonly RecordedRequest[]
}

export const FIXTURES: readonly RendererFixture[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')))

/** Path of the golden answer of a rule. */
export function goldenPath(rule: string): string {
  return new URL(`${rule}.golden`, FOLDER).pathname
}

/** As Node gives them. */
export function lowerCaseNames(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

/** By which rules the requests of one renderer are answered, one after another. */
export function rulesFoundBy({ description, requests }: RendererFixture): readonly string[] {
  const renderers = new Renderers({ clock: new FakeClock(), log: silentLogger() })
  if (description !== undefined) renderers.describe('192.0.2.7', description)
  return requests.map(
    ({ headers }) =>
      renderers.profileFor({
        address: '192.0.2.7',
        headers: lowerCaseNames(headers),
        asked: '',
      }).id,
  )
}
