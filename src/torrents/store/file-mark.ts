/** Size and time of a file as the disk tells them; `null` where it is not there, or not known. */
export type FileMark = readonly [sizeBytes: number, mtimeMs: number] | null

/** Marks as two numbers each, to be sent to a thread or saved; not a number is `null`. */
export function packMarks(marks: readonly FileMark[]): Float64Array {
  const packed = new Float64Array(marks.length * 2).fill(Number.NaN)
  marks.forEach((mark, index) => {
    if (mark !== null) packed.set(mark, index * 2)
  })
  return packed
}

/** What `packMarks` was given; half a mark at the end is left out. */
export function unpackMarks(packed: Float64Array): FileMark[] {
  return Array.from({ length: Math.floor(packed.length / 2) }, (_, index) => {
    const size = packed[index * 2] ?? Number.NaN
    const mtimeMs = packed[index * 2 + 1] ?? Number.NaN
    return Number.isNaN(size) || Number.isNaN(mtimeMs) ? null : [size, mtimeMs]
  })
}

/** Two files that are not there are the same. */
export function isSameMark(a: FileMark, b: FileMark): boolean {
  if (a === null || b === null) return a === b
  return a[0] === b[0] && a[1] === b[1]
}
