import { childNamed, childText, elementsNamed, parseLeniently } from '../wire/lenient-xml.ts'

/** What a service says that it can do (its SCPD; UPnP Device Architecture 1.0, 2.3). */
export interface ServiceFacts {
  /** Names; empty where nothing could be read. */
  readonly actions: ReadonlySet<string>
  /** By the name of the state variable; inclusive. */
  readonly ranges: ReadonlyMap<string, { readonly minimum: number; readonly maximum: number }>
  /** Allowed values by the name of the state variable. */
  readonly values: ReadonlyMap<string, readonly string[]>
}

export const NO_SERVICE_FACTS: ServiceFacts = {
  actions: new Set(),
  ranges: new Map(),
  values: new Map(),
}

/** A service description without a table of state variables, or without actions, is one as well. */
export async function readServiceFacts(text: string): Promise<ServiceFacts> {
  const root = await parseLeniently(text)
  const actions = new Set<string>()
  for (const action of elementsNamed(root, 'action')) {
    const name = childText(action, 'name')
    if (name !== null) actions.add(name)
  }
  const ranges = new Map<string, { minimum: number; maximum: number }>()
  const values = new Map<string, readonly string[]>()
  for (const variable of elementsNamed(root, 'stateVariable')) {
    const name = childText(variable, 'name')
    if (name === null) continue
    const list = childNamed(variable, 'allowedValueList')
    if (list !== undefined) {
      values.set(
        name,
        list.children.map(({ text }) => text.trim()),
      )
    }
    const range = childNamed(variable, 'allowedValueRange')
    const minimum = Number(range && (childText(range, 'minimum') ?? 0))
    const maximum = Number(range && childText(range, 'maximum'))
    if (Number.isFinite(minimum) && maximum > minimum && maximum <= 65_535) {
      ranges.set(name, { minimum, maximum })
    }
  }
  return { actions, ranges, values }
}
