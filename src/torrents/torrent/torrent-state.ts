/** What a torrent is doing. `resolving` is a magnet whose metadata has not arrived. */
export type TorrentState =
  | { readonly kind: 'resolving' }
  | { readonly kind: 'initializing'; readonly checkedBytes: number }
  /** `isQueued`: it is to be at work, and waits for its turn. */
  | { readonly kind: 'live'; readonly isQueued?: true }
  | { readonly kind: 'paused' }
  | { readonly kind: 'error'; readonly message: string }

/**
 * How far a torrent has come by itself; `ready` is checked, whether it downloads or rests;
 * `stopped` got no further than resolving or checking, and waits for a start.
 */
export type TorrentPhase = 'resolving' | 'initializing' | 'ready' | 'stopped' | 'closed'

/** The state that the parts of a torrent make; a failure outweighs all. */
export function stateOf(torrent: {
  readonly failure: string | null
  readonly phase: TorrentPhase
  readonly isPaused: boolean
  readonly isQueued: boolean
  readonly checkedBytes: number
}): TorrentState {
  const { failure, phase, isPaused, isQueued, checkedBytes } = torrent
  if (failure !== null) return { kind: 'error', message: failure }
  if (phase === 'resolving') return { kind: 'resolving' }
  if (phase === 'initializing') return { kind: 'initializing', checkedBytes }
  if (isPaused || phase === 'stopped') return { kind: 'paused' }
  return isQueued ? { kind: 'live', isQueued } : { kind: 'live' }
}
