/** One of those that share the room that a quota leaves. */
export interface RoomMember {
  /** There may be room again. */
  onRoom(): void
}

/** Room on the disk, taken for a piece before any of it is asked for. */
export interface RoomShare {
  /** Bytes that the window of a stream may reach ahead; infinite without a quota. */
  readonly reachBytes: number
  /** Streams that share it. */
  setReaders(count: number): void
  /** False where there is none now; `onRoom` is called when there may be. */
  take(bytes: number): boolean
  giveBack(bytes: number): void
  /** What was taken is stored now. */
  stored(bytes: number): void
  leave(): void
}

export type JoinRoom = (member: RoomMember) => RoomShare

/** Where there is no quota. */
export const ENDLESS_ROOM: RoomShare = {
  reachBytes: Number.POSITIVE_INFINITY,
  setReaders: () => {},
  take: () => true,
  giveBack: () => {},
  stored: () => {},
  leave: () => {},
}
