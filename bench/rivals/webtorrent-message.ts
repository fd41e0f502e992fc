import type { DownloadMode } from './contender.ts'

/** What is asked of the process with the stock WebTorrent in it. */
export type StockCommand =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'add'
      /** Of the .torrent file. */
      readonly path: string
      readonly mode: DownloadMode
      readonly folder: string
      /** host:port. */
      readonly peers: readonly string[]
    }
  | { readonly kind: 'progress' }

export type StockAnswer =
  | { readonly kind: 'started' }
  | { readonly kind: 'added'; readonly url: string }
  | { readonly kind: 'progress'; readonly isComplete: boolean }
