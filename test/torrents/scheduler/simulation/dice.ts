import { seededRandom } from './random.ts'

/** Draws of one seed. */
export class Dice {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  chance(share: number): boolean {
    return this.#random() < share
  }

  between(least: number, most: number): number {
    return least + this.#random() * (most - least)
  }

  /** Small numbers as often as large ones. */
  scale(least: number, most: number): number {
    return least * (most / least) ** this.#random()
  }

  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1))
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.whole(0, items.length - 1)] as Item
  }
}
