import type { Children, Library } from '../../library/library.ts'
import type { Logger } from '../../log.ts'
import type { ActionArguments } from '../control/action-arguments.ts'
import type { Action, ActionContext, Service } from '../control/service.ts'
import type { Outputs } from '../control/soap.ts'
import { UpnpError } from '../control/upnp-error.ts'
import { askedId } from '../renderers/shown-object.ts'
import { embedded, embeddedStrictly } from '../xml/xml.ts'
import { writeResult } from './browse-result.ts'
import { FEATURE_LIST } from './feature-list.ts'
import { parseFilter } from './property-filter.ts'
import { parseSortCriteria, SORT_CAPABILITIES } from './sort-criteria.ts'

/** SystemUpdateID is moderated to one event in 2 seconds (ContentDirectory:1, 2.5.20). */
const MIN_EVENT_INTERVAL_MS = 2_000

const BROWSE_FLAGS = ['BrowseMetadata', 'BrowseDirectChildren'] as const

/**
 * ContentDirectory:1 over the library: the four required actions, and what Samsung's TVs ask for. It
 * offers no Search: there is one tree, and control points browse it.
 */
export function contentDirectory(library: Library, log: Logger): Service {
  return {
    actions: new Map<string, Action>([
      ['GetSearchCapabilities', () => [['SearchCaps', '']]],
      ['GetSortCapabilities', () => [['SortCaps', SORT_CAPABILITIES]]],
      ['GetSystemUpdateID', () => [['Id', library.systemUpdateId]]],
      ['Browse', (args, context) => browse(library, args, context, log)],
      ['X_GetFeatureList', () => [['FeatureList', embedded(FEATURE_LIST)]]],
    ]),
    failureCode: 720,
    minEventIntervalMs: MIN_EVENT_INTERVAL_MS,
    stateVariables: () => new Map([['SystemUpdateID', String(library.systemUpdateId)]]),
  }
}

/** ContentDirectory:1, 2.7.4. UpdateID is SystemUpdateID for every container. */
function browse(
  library: Library,
  args: ActionArguments,
  { baseUrl, renderer }: ActionContext,
  log: Logger,
): Outputs {
  // Xbox 360 sends the ObjectID under the name that Search has for it.
  const id = askedId(args.text('ObjectID', 'ContainerID'))
  const flag = args.oneOf('BrowseFlag', BROWSE_FLAGS)
  const filter = parseFilter(args.text('Filter'))
  const startingIndex = args.ui4('StartingIndex')
  const requestedCount = args.ui4('RequestedCount')
  const criteria = args.text('SortCriteria')
  const sort = renderer.sortOrder === 'ours' ? [] : parseSortCriteria(criteria)
  const found =
    flag === 'BrowseMetadata'
      ? metadata(library, id)
      : library.children(id, { startingIndex, requestedCount, sort })
  if (found === null) throw new UpnpError(701, `no object ${JSON.stringify(id)}`)
  const { didl, numberReturned } = writeResult(
    found.objects,
    {
      filter,
      baseUrl,
      renderer,
      updateId: library.systemUpdateId,
      position: flag === 'BrowseMetadata' ? null : startingIndex,
    },
    log,
  )
  return [
    ['Result', renderer.strictEscapes ? embeddedStrictly(didl) : embedded(didl)],
    ['NumberReturned', numberReturned],
    ['TotalMatches', found.totalMatches],
    ['UpdateID', library.systemUpdateId],
  ]
}

function metadata(library: Library, id: string): Children | null {
  const object = library.get(id)
  return object === null ? null : { objects: [object], totalMatches: 1 }
}
