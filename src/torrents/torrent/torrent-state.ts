/** What a torrent is doing. `resolving` is a magnet whose metadata has not arrived. */
export type TorrentState =
  | { readonly kind: 'resolving' }
  | { readonly kind: 'initializing'; readonly checkedBytes: number }
  | { readonly kind: 'live' }
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
  readonly checkedBytes: number
}): TorrentState {
  const { failure, phase, isPaused, checkedBytes } = torrent
  if (failure !== null) return { kind: 'error', message: failure }
  if (phase === 'resolving') return { kind: 'resolving' }
  if (phase === 'initializing') return { kind: 'initializing', checkedBytes }
  return isPaused || phase === 'stopped' ? { kind: 'paused' } : { kind: 'live' }
}
