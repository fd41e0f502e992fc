/** Which way the system would send something now. */
export type Way =
  /** By this interface; `lo` for what stays on this machine. */
  | { readonly kind: 'by'; readonly interfaceName: string }
  /** No way at all: nothing would be sent. */
  | { readonly kind: 'nowhere' }
  /** It can be asked, and has not answered now: nothing may be sent. */
  | { readonly kind: 'untold' }
  /** Nobody here can ever tell. */
  | { readonly kind: 'unknown' }

/** The routes of the system, which may change at any time. */
export interface Routes {
  /** What it does not see, for people, at the end of a sentence; empty where that is nothing. */
  readonly hint: string
  /** Where what goes from our address `source` to `destination` leaves. Never rejects. */
  wayTo(destination: string, source: string): Promise<Way>
  /** Is told of each change of links, addresses, routes and rules. */
  watch(changed: () => void): void
  close(): void
}

/** For systems that cannot be asked. */
export const UNKNOWN_ROUTES: Routes = {
  hint: '',
  wayTo: async () => ({ kind: 'unknown' }),
  watch: () => {},
  close: () => {},
}
