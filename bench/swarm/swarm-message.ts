import type { PeerPlan } from './peer-plan.ts'
import type { Traffic } from './traffic.ts'

/** What a benchmark tells the swarm's process; each command is answered by one SwarmAnswer. */
export type SwarmCommand =
  | {
      readonly kind: 'serve'
      readonly infoHash: string
      readonly length: number
      readonly pieceLength: number
      /** The info dictionary, for those who ask (BEP 9); `null` for peers without extensions. */
      readonly info: Uint8Array | null
      readonly peers: readonly PeerPlan[]
      /** One address for each peer. */
      readonly hosts: readonly string[]
    }
  | { readonly kind: 'freeze'; readonly count: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'traffic' }

export type SwarmAnswer =
  | { readonly kind: 'serving'; readonly addresses: readonly string[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'traffic'; readonly traffic: Traffic }
