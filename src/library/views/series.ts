import type { Container } from '../objects/media-object.ts'
import { encodeObjectId, type ObjectId } from '../objects/object-id.ts'
import type { EpisodeEntry } from './catalogue.ts'
import { containerOf } from './view-objects.ts'

export interface Series {
  readonly seriesKey: string
  readonly container: Container
  /** Season by season. */
  readonly episodes: readonly EpisodeEntry[]
}

export interface Season {
  readonly number: number
  readonly container: Container
  readonly episodes: readonly EpisodeEntry[]
}

/** Years are seasons of what is named by its date. */
const FIRST_YEAR = 1_900

/** @param episodes - Series by series. */
export function seriesOf(episodes: readonly EpisodeEntry[]): readonly Series[] {
  return runsOf(episodes, ({ episode }) => episode.seriesKey).map(([seriesKey, run]) => {
    const title = run[0]?.episode.series ?? ''
    const seasons = runsOf(run, ({ episode }) => episode.season).length
    return {
      seriesKey,
      container: containerOf({ kind: 'series', seriesKey }, title, seasons),
      episodes: run,
    }
  })
}

/** In the order of its episodes, one container for each season. */
export function seasonsOf({ seriesKey, episodes }: Series): readonly Season[] {
  return runsOf(episodes, ({ episode }) => episode.season).map(([number, run]) => ({
    number,
    container: containerOf(
      { kind: 'season', seriesKey, season: number },
      nameOf(number),
      run.length,
    ),
    episodes: run,
  }))
}

/** Ids of the seasons that these episodes are of, and of their series. */
export function containerIdsOf(episodes: readonly EpisodeEntry[]): readonly ObjectId[] {
  const ids = new Set<ObjectId>()
  for (const { episode } of episodes) {
    const { seriesKey, season } = episode
    ids.add(encodeObjectId({ kind: 'season', seriesKey, season }))
    ids.add(encodeObjectId({ kind: 'series', seriesKey }))
  }
  return [...ids]
}

function nameOf(season: number): string {
  if (season === 0) return 'Specials'
  return season < FIRST_YEAR ? `Season ${season}` : String(season)
}

/** Neighbours of which the same is said, in their order. */
function runsOf<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): readonly (readonly [Key, readonly Item[]])[] {
  const runs: [Key, Item[]][] = []
  for (const item of items) {
    const key = keyOf(item)
    const last = runs.at(-1)
    if (last !== undefined && last[0] === key) last[1].push(item)
    else runs.push([key, [item]])
  }
  return runs
}
