/** What a torrent is doing. `resolving` is a magnet whose metadata has not arrived. */
export type TorrentState =
  | { readonly kind: 'resolving' }
  | { readonly kind: 'initializing'; readonly checkedBytes: number }
  | { readonly kind: 'live' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'error'; readonly message: string }
