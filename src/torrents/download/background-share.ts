/** Of a session's background budget: the download of one torrent. */
export interface BackgroundMember {
  /** Something is missing. */
  readonly isDownloading: boolean
  /** Shares are not what they were: plan again. */
  changed(): void
}

export interface BackgroundShare {
  /** What may be fetched of what no stream waits for; infinite while no stream starves. */
  readonly bytesPerSecond: number
  /** A stream waits for what a peer could give now; told again only where it has changed. */
  starves(change: { readonly isStarving: boolean }): void
  leave(): void
}

export type JoinBackground = (member: BackgroundMember) => BackgroundShare
