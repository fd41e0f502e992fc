import type { Library } from '../../library/library.ts'
import type { Item } from '../../library/objects/media-object.ts'
import type { ActionArguments } from '../control/action-arguments.ts'
import type { ActionContext } from '../control/service.ts'
import type { Outputs } from '../control/soap.ts'
import { UpnpError } from '../control/upnp-error.ts'
import { askedId } from '../renderers/shown-object.ts'
import { bookmarkMs } from './playback-properties.ts'

/** Before, nothing was watched that a person would want to go on with. */
const SHORTEST_BOOKMARK_MS = 30_000

/** A place so many times as far as a film is long was not meant. */
const BEYOND = 2
/** A position is rounded, and not of the very file that was looked at; milliseconds. */
const TOLERANCE_MS = 5_000
/** What of a film has been seen when only the names of those who made it are left. */
const WATCHED_SHARE = 0.95

/** An element with text in it, of the list of fragments that UpdateObject takes. */
const TAG = /<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>([^<]*)</g

/** Seconds, or `H:MM:SS`, with a fraction or without. */
const POSITION = /^(?:(\d{1,4}):(\d{1,2}):)?(\d{1,9})(?:\.\d+)?$/

const COUNT = /^\d{1,6}$/

/**
 * Samsung's X_SetBookmark: where a TV stopped; near the end the film has been watched. It also tells that it begins, at 0,
 * which must not cost the place where it is about to go on.
 *
 * @throws UpnpError 601 for a place that a film of this length does not have, 701.
 */
export async function setBookmark(
  library: Library,
  args: ActionArguments,
  { renderer }: ActionContext,
): Promise<Outputs> {
  const id = askedId(args.text('ObjectID'))
  const item = library.get(id)
  if (item?.kind !== 'item') throw noItem(id)
  const durationMs = durationOf(item)
  const position = args.ui4('PosSecond')
  const told = bookmarkMs(position, renderer.bookmarkUnit)
  // Of a set that does not tell its year the unit may be the other one.
  const isBeyond = durationMs !== null && told > durationMs * BEYOND && position <= durationMs
  const positionMs = isBeyond ? position : told
  if (positionMs === 0) return []
  if (durationMs !== null && positionMs > durationMs * BEYOND + TOLERANCE_MS) {
    throw new UpnpError(601, `${position} is beyond the end of ${JSON.stringify(id)}`)
  }
  if (durationMs !== null && positionMs >= durationMs * WATCHED_SHARE) {
    await keep(library, id, { positionMs: 0, playCount: (item.playback?.playCount ?? 0) + 1 })
    return []
  }
  await keep(library, id, { positionMs: positionMs < SHORTEST_BOOKMARK_MS ? 0 : positionMs })
  return []
}

/**
 * UpdateObject (ContentDirectory:1, 2.7.9) for what a control point may change: how far an item was
 * watched and how often. Kodi says `playCount`, percent-encodes the id and ends it with a slash.
 *
 * @throws UpnpError 701, 702 where CurrentTagValue is not what is kept, 703 for a value that is none, 705 where
 *   nothing may be changed.
 */
export async function updateObject(library: Library, args: ActionArguments): Promise<Outputs> {
  const id = askedId(decoded(args.text('ObjectID').trim()))
  const change = changeIn(args.text('NewTagValue'))
  const item = library.get(id)
  if (item?.kind !== 'item') throw noItem(id)
  if (Object.keys(change).length === 0) throw new UpnpError(705, 'nothing that may be changed')
  requireCurrent(item, args.optionalText('CurrentTagValue', ''))
  const durationMs = durationOf(item)
  if (durationMs !== null && (change.positionMs ?? 0) > durationMs + TOLERANCE_MS) {
    throw new UpnpError(703, `${change.positionMs} ms is beyond the end`)
  }
  await keep(library, id, change)
  return []
}

interface PlaybackChange {
  positionMs?: number
  playCount?: number
}

function changeIn(tags: string): PlaybackChange {
  const change: PlaybackChange = {}
  for (const [, name = '', value = ''] of tags.matchAll(TAG)) {
    if (name === 'lastPlaybackPosition') change.positionMs = positionOf(value.trim())
    if (name === 'playbackCount' || name === 'playCount') change.playCount = countOf(value.trim())
  }
  return change
}

/** Kodi's own words. What it names is what it showed last, or 0: it forgets where a person stopped if that is refused. */
const OF_KODI = /<(?:xbmc:|(?:upnp:)?playCount[\s>])/

function requireCurrent({ playback }: Item, tags: string): void {
  if (OF_KODI.test(tags)) return
  const { positionMs = 0, playCount = 0 } = playback ?? {}
  for (const [, name = '', value = ''] of tags.matchAll(TAG)) {
    const isKept =
      name === 'lastPlaybackPosition'
        ? seconds(positionIn(value.trim() || '0')) === seconds(positionMs)
        : name !== 'playbackCount' || (value.trim() || '0') === String(playCount)
    if (!isKept) throw new UpnpError(702, `${name} is not ${JSON.stringify(value)}`)
  }
}

function seconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.floor(milliseconds / 1_000)
}

/** Resolves once it is on the disk. Rejects with StorageError. */
async function keep(
  library: Library,
  id: string,
  change: { readonly positionMs?: number; readonly playCount?: number },
): Promise<void> {
  if (!(await library.keepPlayback(id, change, new Date()))) throw noItem(id)
}

/** Milliseconds; `null` where it is not known. */
function durationOf({ facts }: Item): number | null {
  return facts === undefined || facts.kind === 'image' ? null : facts.durationMs
}

function noItem(id: string): UpnpError {
  return new UpnpError(701, `no item ${JSON.stringify(id)}`)
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id).replace(/\/+$/, '')
  } catch {
    return id
  }
}

/** Milliseconds. */
function positionOf(text: string): number {
  const position = positionIn(text)
  if (position === null) throw new UpnpError(703, `${JSON.stringify(text)} is no position`)
  return position
}

/** Milliseconds; `null` where it is none. */
function positionIn(text: string): number | null {
  const [, hours = '0', minutes = '0', seconds] = POSITION.exec(text) ?? []
  if (seconds === undefined) return null
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
}

function countOf(text: string): number {
  if (!COUNT.test(text)) throw new UpnpError(703, `${JSON.stringify(text)} is no count`)
  return Number(text)
}
