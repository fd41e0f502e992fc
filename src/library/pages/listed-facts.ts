import type { Steps } from '../../concurrency/steps.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import { type FactsSource, fittingFacts } from '../facts/facts-source.ts'
import type { Item, MediaObject } from '../objects/media-object.ts'
import { decodeObjectId, encodeObjectId, type ObjectId } from '../objects/object-id.ts'

/** Facts come one by one; control points hear of them together, so often at most; ms. */
const MODERATION_MS = 3_000
/** Objects that were listed without facts and are remembered. */
const MOST_LISTED = 5_000
/** Looked at in one step. */
const STEP_OBJECTS = 64

export interface FactsListener {
  /** Told of the containers whose items have more to say. */
  readonly onChange: (containers: readonly ObjectId[]) => void
  /** Told of each file of which facts have become known. */
  readonly onFacts: (infoHash: InfoHash, fileIndex: number) => void
}

/**
 * Adds to objects what is known of their files, and asks to find out what is not. When facts arrive of
 * which a control point has been given the object without, there is a change to be told.
 */
export class ListedFacts {
  readonly #source: FactsSource
  readonly #listener: FactsListener
  /** Ids of items that were given out without facts, and of the containers that they are in. */
  readonly #bare = new Map<ObjectId, Set<ObjectId>>()
  readonly #changed = new Set<ObjectId>()
  #timer: NodeJS.Timeout | undefined

  constructor(source: FactsSource, listener: FactsListener) {
    this.#source = source
    this.#listener = listener
    source.onFacts((infoHash, fileIndex) => {
      listener.onFacts(infoHash, fileIndex)
      this.#onFacts(encodeObjectId({ kind: 'file', infoHash, fileIndex }))
    })
  }

  /** The same objects, in the same order. */
  *added(objects: readonly MediaObject[]): Steps<readonly MediaObject[]> {
    const missing = new Map<InfoHash, number[]>()
    const complete: MediaObject[] = []
    for (const object of objects) {
      if (complete.length % STEP_OBJECTS === STEP_OBJECTS - 1) yield
      complete.push(this.#withFacts(object, missing))
    }
    for (const [infoHash, fileIndices] of missing) this.#source.lookedAt(infoHash, fileIndices)
    return complete
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#bare.clear()
  }

  /** @param missing - Takes the files of which nothing is known. */
  #withFacts(object: MediaObject, missing: Map<InfoHash, number[]>): MediaObject {
    const reference = object.kind === 'item' ? decodeObjectId(object.refId ?? object.id) : null
    if (object.kind !== 'item' || reference?.kind !== 'file') return object
    const { infoHash, fileIndex } = reference
    const facts = this.#source.factsOf(infoHash, fileIndex)
    if (facts === undefined || isOutdated(facts)) {
      this.#remember(object)
      const others = missing.get(infoHash)
      if (others === undefined) missing.set(infoHash, [fileIndex])
      else others.push(fileIndex)
    }
    const fitting = fittingFacts(object.resource.mediaType.kind, facts)
    return fitting === undefined ? object : withFacts(object, fitting)
  }

  #remember({ id, refId, parentId }: Item): void {
    const fileId = refId ?? id
    const containers = this.#bare.get(fileId) ?? new Set()
    containers.add(parentId)
    this.#bare.delete(fileId)
    this.#bare.set(fileId, containers)
    const [oldest] = this.#bare.keys()
    if (this.#bare.size > MOST_LISTED && oldest !== undefined) this.#bare.delete(oldest)
  }

  #onFacts(id: ObjectId): void {
    const containers = this.#bare.get(id)
    if (containers === undefined) return
    this.#bare.delete(id)
    for (const container of containers) this.#changed.add(container)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const containers = [...this.#changed]
      this.#changed.clear()
      this.#listener.onChange(containers)
    }, MODERATION_MS).unref()
  }
}

/** Earlier versions read no tags. */
function isOutdated(facts: MediaFacts): boolean {
  return facts.kind !== 'image' && facts.tags === undefined
}

/** What the file itself says comes before what its name says. */
function withFacts(item: Item, facts: MediaFacts): Item {
  if (facts.kind === 'image' || facts.tags === undefined) return { ...item, facts }
  const { artist, albumArtist, album, genre, actor, track } = facts.tags
  const tags = {
    ...item.tags,
    artist: artist ?? null,
    albumArtist: albumArtist ?? null,
    album: album ?? item.tags.album,
    genre: genre ?? null,
    actor: actor ?? null,
    track: track ?? item.tags.track,
  }
  return { ...item, facts, tags }
}
