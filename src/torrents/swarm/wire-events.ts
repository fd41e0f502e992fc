/** What happens on a wire; blocks alone are told otherwise (`WireListener.block`). */
export type WireEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'choked' }
  | { readonly kind: 'unchoked' }
  | { readonly kind: 'have'; readonly piece: number }
  /** All that the peer has, one bit for each piece, most significant first. */
  | { readonly kind: 'bitfield'; readonly pieces: Uint8Array }
  | { readonly kind: 'have-all' }
  /** A piece that may be requested while the peer chokes us (BEP 6). */
  | { readonly kind: 'allowed-fast'; readonly piece: number }
  /** How many requests the peer lets stand open (`reqq`). */
  | { readonly kind: 'request-limit'; readonly limit: number }
  /** A request that will not be answered. `offset`: bytes, in the piece. */
  | { readonly kind: 'rejected'; readonly piece: number; readonly offset: number }
