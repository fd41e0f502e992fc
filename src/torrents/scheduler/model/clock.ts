/** The time that the scheduler was told last; ms. Nothing in it reads a clock of its own. */
export interface Clock {
  readonly now: number
}
