/** Pieces are asked for in blocks of 16 KiB, the one size that every peer serves (BEP 3). */
export const BLOCK_LENGTH = 16_384
