/**
 * The word that somebody may have meant who has typed another: the one that takes the fewest letters
 * more, less or changed, two at most and fewer than half of them. `null` where there is none.
 */
export function nearestWord(typed: string, words: readonly string[]): string | null {
  const most = Math.min(2, Math.floor((typed.length - 1) / 2))
  let nearest: string | null = null
  let fewest = most + 1
  for (const word of words) {
    const distance = distanceOf(typed, word)
    if (distance < fewest) [nearest, fewest] = [word, distance]
  }
  return nearest
}

/** Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...a].entries()) {
    const line = [row + 1]
    for (const [column, other] of [...b].entries()) {
      const changed = (above[column] ?? 0) + (letter === other ? 0 : 1)
      line.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1))
    }
    above = line
  }
  return above[b.length] ?? 0
}
