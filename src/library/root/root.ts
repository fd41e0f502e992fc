import { CONTAINER_CLASS, type Container, type MediaObject } from '../objects/media-object.ts'
import { ROOT_ID, ROOT_PARENT_ID } from '../objects/object-id.ts'
import { listOf, type ObjectList } from '../objects/object-list.ts'
import { replaceInOrder } from '../sorting/object-order.ts'

/** The root that a TV opens first: views, and behind them what stands in it of each torrent. */
export class Root {
  readonly #views: () => readonly MediaObject[]
  #tops: readonly MediaObject[]
  #topList: ObjectList
  /** `null` until somebody looks. */
  #list: ObjectList | null = null

  /**
   * @param tops - In default order.
   * @param views - What comes before the torrents now.
   */
  constructor(tops: readonly MediaObject[], views: () => readonly MediaObject[]) {
    this.#views = views
    this.#tops = tops
    this.#topList = listOf(tops)
  }

  /** What stands in it of each torrent, in default order. */
  get tops(): readonly MediaObject[] {
    return this.#tops
  }

  get topList(): ObjectList {
    return this.#topList
  }

  /** The views and the torrents. */
  get list(): ObjectList {
    this.#list ??= listOf([...this.#views(), ...this.#tops])
    return this.#list
  }

  get container(): Container {
    return {
      kind: 'container',
      id: ROOT_ID,
      parentId: ROOT_PARENT_ID,
      title: 'Root',
      upnpClass: CONTAINER_CLASS,
      childCount: this.list.length,
      addedAt: null,
    }
  }

  /** One torrent shows something else; `null` for nothing. */
  replace(before: MediaObject | null, after: MediaObject | null): void {
    this.#tops = replaceInOrder(this.#tops, before, after)
    this.#topList = listOf(this.#tops)
    this.changed()
  }

  /** Views may have changed. */
  changed(): void {
    this.#list = null
  }
}
