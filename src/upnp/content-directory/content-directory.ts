import { runInSlices } from '../../concurrency/steps.ts'
import type { Library } from '../../library/library.ts'
import type { Item } from '../../library/objects/media-object.ts'
import type { Children, Slice } from '../../library/pages/pages.ts'
import type { Logger } from '../../log.ts'
import type { ActionArguments } from '../control/action-arguments.ts'
import type { Action, ActionContext, Service } from '../control/service.ts'
import type { Outputs } from '../control/soap.ts'
import { UpnpError } from '../control/upnp-error.ts'
import { askedId } from '../renderers/shown-object.ts'
import { embedded } from '../xml/xml.ts'
import { resultSteps } from './browse-result.ts'
import type { DidlOptions } from './didl-lite.ts'
import { featureList } from './feature-list.ts'
import { setBookmark, updateObject } from './playback-actions.ts'
import { dcmInfo } from './playback-properties.ts'
import { parseFilter } from './property-filter.ts'
import { parseSearchCriteria } from './search-criteria.ts'
import { SEARCH_CAPABILITIES } from './searched-properties.ts'
import { parseSortCriteria, SORT_CAPABILITIES } from './sort-criteria.ts'

/** SystemUpdateID is moderated to one event in 2 seconds (ContentDirectory:1, 2.5.20). */
const MIN_EVENT_INTERVAL_MS = 2_000

const BROWSE_FLAGS = ['BrowseMetadata', 'BrowseDirectChildren'] as const

/**
 * ContentDirectory:1 over the library, with what Kodi and Samsung's TVs keep by it: how far each item
 * was watched. Everybody on the LAN may note that, as everybody may watch.
 */
export function contentDirectory(library: Library, log: Logger): Service {
  return {
    actions: new Map<string, Action>([
      ['GetSearchCapabilities', () => [['SearchCaps', SEARCH_CAPABILITIES]]],
      ['GetSortCapabilities', () => [['SortCaps', SORT_CAPABILITIES]]],
      ['GetSystemUpdateID', () => [['Id', library.systemUpdateId]]],
      ['Browse', (args, context) => browse(library, args, context, log)],
      ['Search', (args, context) => search(library, args, context, log)],
      ['UpdateObject', (args) => updateObject(library, args)],
      // A word of later versions, which some control points ask of every server.
      ['GetFeatureList', features],
      ['X_GetFeatureList', features],
      ['X_SetBookmark', (args, context) => setBookmark(library, args, context)],
    ]),
    failureCode: 720,
    minEventIntervalMs: MIN_EVENT_INTERVAL_MS,
    stateVariables: (told) =>
      new Map([
        ['SystemUpdateID', String(library.systemUpdateId)],
        ['ContainerUpdateIDs', containerUpdateIds(library, told ?? new Map())],
      ]),
  }
}

function features(_args: ActionArguments, { renderer }: ActionContext): Outputs {
  return [['FeatureList', embedded(featureList(renderer.featureFolders))]]
}

/** ContentDirectory:1, 2.7.4. UpdateID is SystemUpdateID for every container. */
async function browse(
  library: Library,
  args: ActionArguments,
  context: ActionContext,
  log: Logger,
): Promise<Outputs> {
  // Xbox 360 sends the ObjectID under the name that Search has for it.
  const id = askedId(args.text('ObjectID', 'ContainerID'))
  const flag = args.oneOf('BrowseFlag', BROWSE_FLAGS)
  const slice = sliceOf(args, context)
  const isMetadata = flag === 'BrowseMetadata'
  const options = didlOptions(library, args, context)
  const found = isMetadata ? metadata(library, id) : await library.childrenInSlices(id, slice)
  if (found === null) throw new UpnpError(701, `no object ${JSON.stringify(id)}`)
  const position = isMetadata ? null : slice.startingIndex
  return await outputs(found, { ...options, position }, log)
}

/** ContentDirectory:1, 2.7.5. Bad criteria are told before a bad container. */
async function search(
  library: Library,
  args: ActionArguments,
  context: ActionContext,
  log: Logger,
): Promise<Outputs> {
  const id = askedId(args.text('ContainerID', 'ObjectID'))
  const condition = parseSearchCriteria(args.optionalText('SearchCriteria', '*'))
  const slice = sliceOf(args, context)
  const options = didlOptions(library, args, context)
  const found = await library.search(id, condition, slice)
  if (found === null) throw new UpnpError(710, `no container ${JSON.stringify(id)}`)
  return await outputs(found, options, log)
}

/** What MiniDLNA takes as well: without StartingIndex from the first, without RequestedCount all. */
function sliceOf(args: ActionArguments, { renderer }: ActionContext): Slice {
  const criteria = renderer.sortOrder === 'ours' ? '' : args.optionalText('SortCriteria', '')
  return {
    startingIndex: args.optionalUi4('StartingIndex', 0),
    requestedCount: args.optionalUi4('RequestedCount', 0),
    sort: parseSortCriteria(criteria),
  }
}

/** Made before the library is read: with a later UpdateID nobody would ask again for what has changed meanwhile. */
function didlOptions(
  library: Library,
  args: ActionArguments,
  { baseUrl, sign, renderer }: ActionContext,
): DidlOptions {
  const text = args.optionalText('Filter', '*')
  const samsung =
    renderer.dcmInfo || text.includes('sec:dcmInfo')
      ? (item: Item) =>
          dcmInfo(item, library.get(item.parentId)?.title ?? '', renderer.bookmarkUnit)
      : undefined
  const updateId = library.systemUpdateId
  const urls = { baseUrl, sign }
  return { filter: parseFilter(text), ...urls, renderer, updateId, position: null, samsung }
}

async function outputs(
  { objects, totalMatches }: Children,
  options: DidlOptions,
  log: Logger,
): Promise<Outputs> {
  const { didl, numberReturned } = await runInSlices(resultSteps(objects, options, log))
  return [
    ['Result', didl],
    ['NumberReturned', numberReturned],
    ['TotalMatches', totalMatches],
    ['UpdateID', options.updateId],
  ]
}

function metadata(library: Library, id: string): Children | null {
  const object = library.get(id)
  return object === null ? null : { objects: [object], totalMatches: 1 }
}

/** Pairs of a container and its update id, of those that changed since the last event (2.5.21). */
function containerUpdateIds(library: Library, told: ReadonlyMap<string, string>): string {
  const toldId = told.get('SystemUpdateID')
  if (toldId === undefined) return ''
  const changed = [...library.containersChangedSince(Number(toldId))].flat()
  return changed.length === 0 ? (told.get('ContainerUpdateIDs') ?? '') : changed.join()
}
