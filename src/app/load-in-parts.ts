import { nextTurn } from '../concurrency/next-turn.ts'

/** Of the server, from what it is built upon to what is built upon it. */
const PARTS: readonly (() => unknown)[] = [
  // Node's own HTTP client, which it loads when one of its names is looked at.
  () => globalThis.Headers,
  () => import('./open-session.ts'),
  () => import('./start-library.ts'),
  () => import('./serving.ts'),
]

/**
 * Loads all that a server needs. What an import brings along is evaluated in one go, for a fifth of a second
 * altogether: so each part has a turn of the event loop of its own.
 */
export async function loadInParts(): Promise<void> {
  for (const part of PARTS) {
    await part()
    await nextTurn()
  }
}
